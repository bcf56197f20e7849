import { crc32 } from 'node:zlib';
import { guestLines } from '../../boot/support/guest-lines.ts';
import { buildSpeechHost, type SpeechHost } from '../../boot/support/speech-host.ts';
import { guestFile } from '../../support/guests.ts';
import { missingPackages } from '../../support/packages.ts';
import type { Figure, Show, ShowOptions, Shown } from '../show.ts';
import { stormCounts } from '../support/storm.ts';
import { Conversation } from './conversation.ts';
import type { ModemCounts } from './modem.ts';

const FRAME_NS = 20e6;
const needed = ['Image-cloud', 'initramfs.cpio.gz'];

/** A call goes on while Linux storms, panics and comes back. */
export const voice: Show = {
  name: 'voice',
  summary: 'a call of the baseband, whose speech comes from Linux: in a storm, and while Linux panics and reboots',
  control: 'the baseband is no more urgent than Linux, and has a tenth of the time',
  missing() {
    const guests = needed.filter((name) => !guestFile(name));
    if (guests.length > 0) return `pocketvisor guests fetch ${guests.join(' ')}`;
    const packages = missingPackages().filter((name) => name === 'clang' || name === 'libgsm1-dev');
    return packages.length > 0 ? `needs ${packages.join(' and ')}` : undefined;
  },
  run: (options) => Promise.resolve(run(options)),
};

function run({ short, control, progress }: ShowOptions): Shown {
  const host = buildSpeechHost();
  try {
    const figures = control ? [] : codec(host, short ? 50 : 1000);
    const share = (name: string): number => (name === 'linux' ? 9 : 1);
    const call = new Conversation((cell) => (control ? { ...cell, schedule: { priority: 10, share: share(cell.name) } } : cell));
    const frames = control ? 50 : short ? 150 : 30_000;
    progress('Linux boots');
    // In the control the call may not come about.
    call.waitForLinux(1, control ? 5e9 : 20e9);
    const startNs = call.nowNs;
    call.runFor(frames * FRAME_NS, (ns) => progress(`storm: ${Math.floor((ns - startNs) / FRAME_NS)} of ${frames} frames`));
    const storm = call.ask();
    figures.push(...inStorm(call, storm, frames));
    if (!control) figures.push(...throughPanics(call, storm, short ? 1 : 100, progress), ...compared(call, host));
    return { figures, details: [`storm: ${JSON.stringify(stormCounts(call.handset.consoles['linux']!))}`] };
  } finally {
    host.close();
  }
}

/** The codec as a guest against an independent one. */
function codec(host: SpeechHost, frames: number): Figure[] {
  const speech = (lines: readonly string[]): string[] => lines.filter((line) => line.startsWith('speech '));
  const [ours, theirs] = [speech(guestLines('vectors', String(frames)).lines), speech(host.lines('libgsm', frames))];
  const unlike = theirs.filter((line, n) => line !== ours[n]).length;
  const note = `coded, decoded, and decoded at random: ${theirs.length} signals of ${frames} frames`;
  return [{ name: "signals of which the codec's bits are not libgsm's", value: unlike, goal: { is: 0 }, note }];
}

const lostOf = ({ late, wrong, unheard }: ModemCounts): number => late + wrong + unheard;
const missedOf = (call: Conversation): number => call.handset.machine.result(0).radio?.sources.gsmFrame?.missed ?? NaN;

function inStorm(call: Conversation, { sent, late, wrong, spoken, gaps, ...link }: ModemCounts, frames: number): Figure[] {
  return [
    { name: 'voice frames sent in the storm', value: sent, goal: { atLeast: frames } },
    { name: 'of them late', value: late, goal: { is: 0 } },
    { name: 'not bit-exact behind the air', value: wrong, goal: { is: 0 }, note: 'A5/1 and channel coding, there and back' },
    { name: 'GSM frames missed', value: missedOf(call), goal: { is: 0 } },
    { name: "Linux's voice frames spoken", value: spoken, goal: { atLeast: frames - 50 } },
    { name: "times Linux's speech was not there in time", value: gaps, goal: { is: 0 } },
    { name: 'packets lost or damaged between the cells', value: link.lost + link.damaged, goal: { is: 0 } },
  ];
}

function throughPanics(call: Conversation, before: ModemCounts, panics: number, progress: (text: string) => void): Figure[] {
  let up = 0;
  let after = before;
  for (let n = 1; n <= panics; n++) {
    progress(`panic ${n} of ${panics}`);
    call.panic();
    call.runFor(1e9);
    call.ask(); // while it is silent
    if (!call.waitForLinux(n + 1)) break;
    up++;
    call.runFor(200e6);
    after = call.ask();
  }
  const [modem, linux] = call.handset.machine.result(0).cells ?? [];
  // The answer is printed within some ms of the time in it.
  const behindMs = call.nowNs / 1e6 - after.upMs;
  return [
    { name: 'panics of Linux from which it came back into the call', value: up, goal: { is: panics } },
    { name: 'restarts of its cell', value: linux?.restarts ?? NaN, goal: { is: panics } },
    { name: 'voice frames sent meanwhile', value: after.sent - before.sent, goal: { atLeast: panics } },
    { name: 'of them lost', value: lostOf(after) - lostOf(before), goal: { is: 0 } },
    { name: 'GSM frames missed by then', value: missedOf(call), goal: { is: 0 } },
    { name: 'frames of silence in place of Linux', value: after.silentSince - before.silentSince },
    { name: 'restarts of the baseband', value: modem?.restarts ?? NaN, goal: { is: 0 } },
    { name: 'uptime of its kernel', value: Math.floor(after.upMs / 1000), unit: 's' },
    { name: 'virtual time that is not in it', value: Math.max(0, Math.floor(behindMs - 100)), unit: 'ms', goal: { is: 0 } },
  ];
}

/** All of the call by its bits: what libgsm makes of the same silence and speech. */
function compared(call: Conversation, host: SpeechHost): Figure[] {
  const { digest, encoded } = call.ask();
  const theirs = host.call(call.parts);
  const isEqual = theirs.length === encoded * 33 && crc32(theirs).toString(16).padStart(8, '0') === digest;
  return [
    {
      name: "frames of the call whose bits are libgsm's",
      value: isEqual ? encoded : 0,
      goal: { is: encoded },
      note: 'by CRC-32 of all',
    },
  ];
}
