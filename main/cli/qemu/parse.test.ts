import { describe, expect, test } from 'vitest';
import { UserError } from '../../../emulator/base/user-error.ts';
import { parseQemu } from './parse.ts';

const MiB = 2 ** 20;
const parse = (text: string) => parseQemu(text.split(' '));
const virt = '-M virt -kernel k';

test('a usual command line', () => {
  const { plan, serial } = parse(
    '-M virt,gic-version=3 -cpu cortex-a53 -smp 2 -m 512 -nographic -nic none -kernel Image -initrd i.gz -append console=ttyAMA0',
  );
  expect(plan).toMatchObject({
    settings: { gic: 3, cpu: 'cortex-a53', cpus: 2, memory: 512 * MiB },
    kernel: { path: 'Image', role: '-kernel' },
    initrd: [{ path: 'i.gz' }],
    append: 'console=ttyAMA0',
  });
  expect(serial).toEqual({ kind: 'stdio' });
});

test("QEMU's defaults: GICv2, 128 MiB, one core", () => {
  expect(parse(virt).plan.settings).toMatchObject({ gic: 2, memory: 128 * MiB, cpus: 1, cpu: 'max' });
});

test.each([
  ['-m 64M', { memory: 64 * MiB }],
  ['-m size=1G', { memory: 1024 * MiB }],
  ['-smp cpus=4', { cpus: 4 }],
  ['-smp sockets=1,cores=2,threads=1', { cpus: 2 }],
  ['-smp 2,maxcpus=2', { cpus: 2 }],
  ['-machine virt-7.2,gic-version=max,accel=tcg', { gic: 3, its: true }],
  ['-M gic-version=3,its=off', { gic: 3, its: false }],
  ['-M virtualization=off,secure=off', { el: 1 }],
  ['-M virt,virtualization=on', { el: 2 }],
  ['-device virtio-rng-device,bus=virtio-mmio-bus.2', { rng: true }],
  [
    '-device virtio-keyboard-device,serial=k -device virtio-tablet-device,id=t -device virtio-mouse-device -device virtio-multitouch-device',
    { inputs: [{ kind: 'keyboard', serial: 'k' }, { kind: 'tablet' }, { kind: 'mouse' }, { kind: 'touch' }] },
  ],
])('%s', (options, settings) => {
  expect(parse(`${virt} ${options}`).plan.settings).toMatchObject(settings);
});

test.each([
  '-nodefaults -display none -vga none -monitor none -parallel none -no-user-config -name x',
  '-accel tcg,thread=single -icount shift=auto -global virtio-mmio.force-legacy=true -nic none -net none',
])('%s changes nothing', (options) => {
  expect(parse(`${virt} ${options}`)).toEqual(parse(virt));
});

test.each([
  ['-s', { gdb: { host: '127.0.0.1', port: 1234 }, paused: false }],
  ['-S -gdb tcp::4711,server=on,wait=off', { gdb: { host: '127.0.0.1', port: 4711 }, paused: true }],
  ['-gdb tcp:0.0.0.0:1', { gdb: { host: '0.0.0.0', port: 1 } }],
  ['-gdb unix:/tmp/gdb', { gdb: { path: '/tmp/gdb' } }],
])('%s', (options, wanted) => {
  expect(parse(`${virt} ${options}`)).toMatchObject(wanted);
});

test('drives go to the devices that name them, in the order of the devices', () => {
  const { plan } = parse(
    `${virt} -drive file=a.img,if=none,format=raw,id=a,readonly=on -drive if=none,file=b,,c.img,id=b,snapshot=on ` +
      '-device virtio-blk-device,bus=virtio-mmio-bus.0,drive=b -device virtio-blk-device,drive=a -drive file=v.img,if=virtio',
  );
  expect(plan.drives).toEqual([
    { file: { path: 'b,c.img', role: '-drive' }, readOnly: false, snapshot: true },
    { file: { path: 'a.img', role: '-drive' }, readOnly: true },
    { file: { path: 'v.img', role: '-drive' }, readOnly: false, pci: { slot: 1, transitional: true } },
  ]);
});

test('banks of flash', () => {
  const code = { file: { path: 'code.fd', role: '-drive' }, readOnly: true };
  const variables = { file: { path: 'vars.fd', role: '-drive' }, readOnly: false };
  const pair = '-drive if=pflash,format=raw,file=code.fd,readonly=on -drive if=pflash,format=raw,file=vars.fd';
  expect(parse(`-M virt ${pair}`).plan.flash).toEqual([code, variables]);
  expect(
    parse('-M virt -drive if=pflash,unit=1,file=vars.fd -drive if=pflash,unit=0,file=code.fd,readonly=on').plan.flash,
  ).toEqual([code, variables]);
  expect(parse(`-M virt ${pair} -snapshot`).plan.flash).toMatchObject([{ snapshot: true }, { snapshot: true }]);
  const bios = { file: { path: 'u.bin', role: '-bios' }, readOnly: false, snapshot: true };
  expect(parse('-M virt -drive if=pflash,unit=1,file=vars.fd -bios u.bin').plan).toMatchObject({ flash: [bios, variables] });
  expect(parse('-M virt -bios u.bin').plan).toMatchObject({ bios: { path: 'u.bin' } });
});

test('the loader', () => {
  expect(parse('-M virt -device loader,file=a.elf').plan.loads).toMatchObject([{ file: { path: 'a.elf' } }]);
  expect(parse('-M virt -device loader,file=a.bin,addr=0x40200000,cpu-num=0').plan).toMatchObject({
    loads: [{ file: { path: 'a.bin' }, address: 0x40200000 }],
    entry: 0x40200000,
  });
});

test('networks go to the cards that name them', () => {
  const { plan } = parse(
    `${virt} -netdev user,id=a,hostfwd=tcp::8080-:80,hostfwd=udp:127.0.0.1:53-10.0.2.20:53,restrict=on ` +
      '-device virtio-net-device,netdev=a,mac=52:54:00:00:00:07,bus=virtio-mmio-bus.3 -nic user,net=10.9.0.0/16,model=virtio-net-device',
  );
  const guest = 0x0a00_020f;
  const [first, second] = plan.settings.nics!;
  expect(first).toMatchObject({
    mac: 0x5254_0000_0007,
    network: {
      ...{ kind: 'user', gateway: 0x0a00_0202, firstLease: guest, restricted: true },
      forwards: [
        { protocol: 'tcp', hostAddress: '0.0.0.0', hostPort: 8080, guestAddress: guest, guestPort: 80 },
        { protocol: 'udp', hostAddress: '127.0.0.1', hostPort: 53, guestAddress: guest + 5, guestPort: 53 },
      ],
    },
  });
  expect(second).toMatchObject({
    mac: 0x5254_0012_3457,
    network: { network: 0x0a09_0000, mask: 0xffff_0000, gateway: 0x0a09_0002, nameServer: 0x0a09_0003, firstLease: 0x0a09_000f },
  });
  expect(parse(`${virt} -nic none`).plan.settings.nics).toBeUndefined();
});

test('devices on PCI have the slots that QEMU gives them', () => {
  const { plan } = parse(
    `${virt} -drive file=v.img,if=virtio -device virtio-rng-pci,disable-legacy=on -device virtio-blk,drive=a,addr=6,bus=pcie.0 ` +
      '-drive file=a.img,if=none,id=a -netdev user,id=n -device virtio-net-pci-non-transitional,netdev=n,romfile= -nic user',
  );
  expect(plan.settings.rng).toEqual({ pci: { slot: 2 } });
  expect(plan.drives.map(({ file, pci }) => [file.path, pci])).toEqual([
    ['v.img', { slot: 4, transitional: true }],
    ['a.img', { slot: 6, transitional: true }],
  ]);
  expect(plan.settings.nics!.map(({ pci }) => pci)).toEqual([{ slot: 3 }, { slot: 1, transitional: true }]);
});

test('wires lead to sockets, of the cards that name them', () => {
  const { plan, wires } = parse(
    `${virt} -netdev socket,id=w,connect=127.0.0.1:1234 -nic user -device virtio-net-device,netdev=w -nic socket,listen=:1235`,
  );
  expect(plan.settings.nics?.map(({ network }) => network.kind)).toEqual(['user', 'wire', 'wire']);
  expect([...wires]).toEqual([
    [1, { kind: 'connect', host: '127.0.0.1', port: 1234 }],
    [2, { kind: 'listen', host: '0.0.0.0', port: 1235 }],
  ]);
});

test('virtio-mmio is of before version 1.0 unless it is told otherwise', () => {
  expect(parse(virt).plan.settings.legacyVirtio).toBe(true);
  expect(parse(`${virt} -global virtio-mmio.force-legacy=false`).plan.settings.legacyVirtio).toBe(false);
});

test.each([
  ['-serial mon:stdio', { kind: 'stdio' }],
  ['-serial file:log.txt', { kind: 'file', path: 'log.txt' }],
  ['-serial none', { kind: 'null' }],
  ['-serial tcp:h:4444', { kind: 'socket', address: { host: 'h', port: 4444 }, server: false, wait: false }],
  ['-serial unix:/s,server,nowait', { kind: 'socket', address: { path: '/s' }, server: true, wait: false }],
  [
    '-chardev socket,id=c,host=h,port=1,server=on -serial chardev:c',
    { kind: 'socket', address: { host: 'h', port: 1 }, server: true, wait: true },
  ],
  ['-chardev stdio,id=c,mux=on,signal=off -serial chardev:c -mon chardev=c', { kind: 'stdio' }],
  ['-chardev file,id=c,path=log.txt -serial chardev:c', { kind: 'file', path: 'log.txt' }],
])('%s', (options, serial) => expect(parse(`${virt} ${options}`).serial).toEqual(serial));

test('consoles and ports, and what they are connected to', () => {
  const { plan, serial } = parse(
    `${virt} -device virtio-serial-device,id=v,max_ports=4 -chardev stdio,id=c,mux=on -device virtconsole,chardev=c,bus=v.0 ` +
      '-chardev socket,id=s,path=/s,server=on,wait=off -device virtserialport,chardev=s,name=org.a,nr=3 ' +
      '-chardev file,id=f,path=out,input-path=in -device virtserialport,chardev=f,name=org.b -device virtio-serial-device',
  );
  expect(plan.serial).toEqual([
    {
      maxPorts: 4,
      ports: [
        { id: 0, isConsole: true, backend: { kind: 'stdio' } },
        {
          id: 3,
          isConsole: false,
          name: 'org.a',
          backend: { kind: 'socket', address: { path: '/s' }, server: true, wait: false },
        },
        {
          ...{ id: 1, isConsole: false, name: 'org.b' },
          backend: { kind: 'file', path: 'out', input: { path: 'in', role: '-chardev file,input-path=' } },
        },
      ],
    },
    { maxPorts: 31, ports: [] },
  ]);
  expect(serial, 'standard output has a console').toEqual({ kind: 'null' });
});

test('a sound card', () => {
  const card = `${virt} -device virtio-sound-device,audiodev=a`;
  expect(parse(`${card} -audiodev wav,id=a,path=o.wav`)).toMatchObject({ plan: { sound: {} }, soundFile: 'o.wav' });
  expect(parse(`${card} -audiodev none,id=a`).soundFile).toBeUndefined();
});

describe('what is not known is refused by name', () => {
  test.each([
    ['-enable-kvm', /QEMU's option -enable-kvm is not supported/],
    ['-kernal x', /-kernal is not supported .*did you mean -kernel\?/],
    ['-M raspi3b', /the machine raspi3b is not supported/],
    ['-M virt,highmem=off', /the property highmem=off is not supported/],
    ['-M virt,secure=on', /secure=on is not available/],
    ['-M virt,gic-version=4', /gic-version=4 is not supported/],
    ['-cpu cortex-a15', /-cpu: cortex-a15 is not supported/],
    ['-cpu max,sve=on', /the property sve=on/],
    ['-smp 64', /64 cores are out of range/],
    ['-smp 2,maxcpus=4', /maxcpus has to be cpus/],
    ['-m lots', /"lots" is not a size/],
    ['-m 99999G', /out of range/],
    ['-accel kvm', /the accelerator kvm/],
    ['-netdev user,id=n', /-netdev: no device uses the network id=n \(-device virtio-net-pci,netdev=n\)/],
    ['-netdev user,id=n -netdev user,id=n', /id=n is given twice/],
    ['-netdev tap,id=n', /-netdev: tap is not supported/],
    ['-netdev hubport,id=n,hubid=0', /-netdev: hubport is not supported/],
    ['-netdev socket,id=n', /either listen= or connect= is needed/],
    ['-netdev socket,id=n,mcast=230.0.0.1:1234', /socket,mcast= is not supported/],
    ['-netdev socket,id=n,connect=:1234', /connect=:1234 is not an address/],
    ['-netdev socket,id=n,listen=:70000', /listen=:70000 is not an address/],
    ['-netdev user,id=n,hostfwd=tcp::80', /hostfwd=tcp::80 is not a forwarded port/],
    ['-netdev user,id=n,smb=/tmp', /the property smb=\/tmp/],
    ['-nic user,model=e1000', /model=e1000 is not available/],
    ['-nic user,net=10.0.0.1/33', /net=10.0.0.1\/33 is not a network/],
    ['-nic user,mac=ff:ff:ff:ff:ff:ff', /is not the address of a card/],
    ['-net nic', /only -nic, -netdev and -device are known/],
    ['-device virtio-net-device,netdev=n', /virtio-net-device: there is no -netdev with id=n/],
    ['-device virtio-net-pci,netdev=n', /virtio-net-pci: there is no -netdev with id=n/],
    ['-device virtio-blk-pci,drive=d', /virtio-blk-pci: there is no -drive with id=d/],
    ['-device virtio-rng-pci,bus=pcie.1', /there is no bus pcie.1/],
    ['-device virtio-rng-pci,addr=0', /slot 0 is the host bridge/],
    ['-device virtio-rng-pci,addr=20', /addr=20 is not a slot/],
    ['-device virtio-rng-pci,addr=3.1', /addr=3.1: devices have one function/],
    ['-device virtio-rng-pci,addr=3 -device virtio-rng-pci,addr=0x3', /PCI slot 3 is taken/],
    ['-device virtio-rng-pci,disable-legacy=perhaps', /disable-legacy=perhaps: on, off or auto/],
    ['-device virtio-rng-pci,disable-modern=on', /disable-modern=on is not available/],
    ['-device virtio-rng-pci,romfile=x', /devices have no ROM/],
    ['-device pcie-root-port', /pcie-root-port is not supported/],
    [`${'-device virtio-mouse-device '.repeat(5).trim()}`, /a machine can have 4 input devices/],
    ['-device virtio-snd-device', /virtio-snd-device is not available/],
    ['-device virtio-gpu-device,xres=5000', /a screen of 5000x800 is out of range/],
    ['-device virtio-gpu-device,max_outputs=2', /the property max_outputs=2/],
    ['-device ramfb -device ramfb', /2 ramfb/],
    ['-device e1000', /e1000 is not supported/],
    ['-device virtio-blk-device,drive=none', /there is no -drive with id=none/],
    ['-drive file=a.qcow2,format=qcow2', /format=qcow2 is not supported/],
    ['-drive file=a.img,if=none,id=a', /no device uses the drive id=a/],
    ['-drive if=pflash,unit=1,file=f', /nothing in the first bank/],
    ['-drive if=pflash,unit=2,file=f', /there is no bank 2/],
    ['-drive if=pflash,file=f -drive if=pflash,unit=0,file=g', /unit=0 is given twice/],
    ['-bios b -drive if=pflash,file=f', /two flash images for the first bank/],
    ['-global driver.x=y', /-global: driver.x=y/],
    ['-serial vc', /-serial: vc is not supported/],
    ['-chardev pty,id=c', /-chardev: pty is not supported/],
    ['-chardev socket,id=c,path=p,port=1', /port=1 is not supported/],
    ['-chardev null,id=c -chardev null,id=c', /id=c is given twice/],
    ['-device virtconsole', /there is no device for it \(-device virtio-serial-device before it\)/],
    ['-device virtio-serial-device,max_ports=32', /max_ports=32: 1 to 31/],
    ['-device virtio-serial-device -device virtserialport,nr=0', /nr=0 is for a virtconsole/],
    ['-device virtio-serial-device -device virtserialport,nr=31', /nr=31: the device has 31 ports/],
    ['-device virtio-serial-device -device virtconsole,bus=x.0', /there is no bus x\.0/],
    ['-device virtio-serial-device -device virtconsole,chardev=c', /there is no -chardev with id=c/],
    ['-audiodev pa,id=a', /-audiodev: pa is not supported/],
    ['-device virtio-sound-device,audiodev=a', /there is no -audiodev with id=a/],
    ['-device virtio-sound-device -device virtio-sound-device', /one sound card/],
    ['-device virtio-sound-device,streams=5', /streams=5 is not supported/],
    ['-serial stdio -serial null', /only one serial port/],
    ['-gdb tcp::x', /-gdb: tcp::x is not supported/],
    ['-gdb stdio', /-gdb: stdio is not supported/],
    ['-gdb tcp::1,server=off', /-gdb: server=off is not supported/],
    ['-m', /-m: a value is needed/],
    ['file', /unexpected argument "file"/],
  ])('%s', (options, message) => {
    const run = () => parse(`${virt} ${options}`);
    expect(run).toThrow(UserError);
    const error = (() => {
      try {
        return run();
      } catch (thrown) {
        return thrown;
      }
    })() as UserError;
    expect(error.toLine()).toMatch(message);
    expect(error.toLine()).not.toContain('\n');
  });

  test('nothing to run, no machine', () => {
    expect(() => parse('-M virt')).toThrow(/nothing to run/);
    expect(() => parse('-kernel k')).toThrow(/no machine was given/);
  });
});
