/**
 * What was made of `original` by a person, on top of a copy in which the host has changed some lines (the paths of a handset that moved
 * to another folder). A line that both have changed is the person's.
 */
export function carryOver(original: string, copy: string, edited: string): string {
  const copied = copy.split('\n');
  const moved = new Map(original.split('\n').map((line, index) => [line, copied[index] ?? line]));
  return edited
    .split('\n')
    .map((line) => moved.get(line) ?? line)
    .join('\n');
}
