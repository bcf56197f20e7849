/** The guest resources/guests/pin: what it signs, what it refuses, and that no digit leaves it. */
import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { guestFile } from '../../resources/guests/build.ts';
import { run } from '../support/pocketvisor.ts';

const SECRET = 'fuses-of-one-device';
const machine = [
  ...['--kernel', guestFile('pin'), '--append', SECRET, '--memory', '8M', '--input', 'keyboard'],
  ...['--display', 'virtio-gpu,xres=480,yres=800'],
  ...['--send-key', 'choose a PIN=>4 7 1 1 ret', '--wall', '300s'],
];

/** What the guest must answer to a challenge. */
function response(challenge: string): string {
  const key = createHmac('sha256', SECRET).update('signing key').digest();
  return createHmac('sha256', key).update(Buffer.from(challenge, 'hex')).digest('hex');
}

test('a challenge is signed once the PIN was typed, and the console has no digit of it', async () => {
  const { code, console } = await run(
    ...machine,
    ...[
      '--send',
      'pin: chosen=>challenge 00112233ff\\n',
      '--send-key',
      'pin: asked for=>4 7 1 1 ret',
      '--expect',
      'response \\w{64}',
    ],
  );
  expect(code).toBe(0);
  expect(console).toContain(`response ${response('00112233ff')}`);
  expect(console).not.toMatch(/4\W*7\W*1\W*1/);
});

test('wrong PINs are counted, and after three the key is gone', async () => {
  const challenge = 'challenge 01\\n';
  const { code, console } = await run(
    ...machine,
    ...['--send', `pin: chosen=>${challenge}`, '--send-key', 'asked for=>4 7 1 2 ret'],
    ...['--send', `2 tries left=>${challenge}`, '--send-key', '2 tries left[^]*asked for=>4 7 1 1 5 ret'],
    ...['--send', `1 tries left=>${challenge}`, '--send-key', '1 tries left[^]*asked for=>0 0 0 0 ret'],
    ...[
      '--send',
      `refused: locked=>${challenge}`,
      '--send-key',
      'locked[^]*asked for=>4 7 1 1 ret',
      '--expect',
      'locked[^]*locked',
    ],
  );
  expect(code, console).toBe(0);
  expect(console).not.toContain('response');
});

test('what is no challenge is refused', async () => {
  const { code } = await run(
    ...machine,
    ...['--send', 'pin: chosen=>challenge 0\\nsign me\\n', '--expect', '1 to 48 bytes', '--expect', 'refused: not a challenge'],
  );
  expect(code).toBe(0);
});
