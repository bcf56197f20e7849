import type { RegisterMap } from './register-map.ts';

/** A device whose registers are the rows of one map over the state of the whole interrupt controller. */
export abstract class RegisterFrame<State> {
  protected readonly gic: State;
  private readonly map: RegisterMap<State>;

  constructor(gic: State, map: RegisterMap<State>) {
    this.gic = gic;
    this.map = map;
  }

  read(offset: number, size: 1 | 2 | 4): number {
    return this.map.read(this.gic, offset, size);
  }

  write(offset: number, size: 1 | 2 | 4, value: number): void {
    this.map.write(this.gic, offset, size, value);
  }
}
