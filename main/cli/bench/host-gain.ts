/** What two processors of this host bring to programs that have nothing to do with us: no guest can gain more. */
import { spawn } from 'node:child_process';

/** Sorts for about a second, and prints the milliseconds that it took. */
const program = `
const words = new Uint32Array(1 << 16);
const start = performance.now();
for (let round = 0; round < 200; round++) {
  let x = round;
  for (let i = 0; i < words.length; i++) words[i] = x = (Math.imul(x, 1664525) + 1013904223) >>> 0;
  words.sort();
}
console.log(performance.now() - start);
`;

/** The time of two programs one after the other over that of both at once, by minima of some rounds. */
export async function hostGain(rounds = 3): Promise<number> {
  let alone = Infinity;
  let both = Infinity;
  for (let round = 0; round < rounds; round++) {
    alone = Math.min(alone, await run());
    both = Math.min(both, Math.max(...(await Promise.all([run(), run()]))));
  }
  return (2 * alone) / both;
}

function run(): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
    child.on('error', reject);
    child.on('close', () => resolve(Number(text)));
  });
}
