/**
 * The directions of imports (resources/docs/architecture.md). `npm run check` enforces them; tests/architecture plants violations and
 * expects each to be caught.
 *
 * Tests that stand beside the source may import what they like, except by a cycle.
 */
const test = '\\.test\\.ts$';

/** What each folder of the emulator may import besides itself. `base` and `trace` are open to all. */
const layers = {
  base: [],
  trace: ['base'],
  state: [],
  ir: ['state'],
  isa: ['ir', 'state'],
  exec: ['ir', 'state', 'isa'],
  screen: [],
  devices: ['screen'],
  // The shape of a clock, and the one for tests.
  network: ['devices/device.ts', 'devices/test-clock.ts'],
  boards: ['devices', 'hypervisor/config.ts'],
  hypervisor: ['state', 'devices'],
  // The shape of a picture.
  debug: ['state', 'isa', 'screen/reader.ts'],
  firmware: [],
};

/** @type {import('dependency-cruiser').IForbiddenRuleType[]} */
const layerRules = Object.entries(layers).map(([layer, allowed]) => {
  const open = [layer, 'base', ...(layer === 'base' ? [] : ['trace']), ...allowed];
  return {
    name: `emulator-${layer}`,
    comment: `emulator/${layer} may import: ${open.slice(1).join(', ') || 'nothing of the project'}`,
    severity: 'error',
    from: { path: `^emulator/${layer}/`, pathNot: test },
    to: {
      path: '^(emulator|main|renderer|tests|resources)/',
      pathNot: open.map((name) => `^emulator/${name}${name.endsWith('.ts') ? '$' : '/'}`),
    },
  };
});

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-cycle',
      comment: 'Two files that need each other are one file, or hide a third.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'not-resolvable',
      comment: 'The import leads nowhere.',
      severity: 'error',
      // Virtual modules of a bundler have a query or a scheme.
      from: { pathNot: '^tests/architecture/fixture/' },
      to: { couldNotResolve: true, pathNot: ['\\?', '^virtual:', '^electron$'] },
    },
    ...layerRules,
    {
      name: 'emulator-portable',
      comment:
        'The emulator runs in Node and in a browser: nothing of Node, Electron or Vue. Only emulator/worker knows its host.',
      severity: 'error',
      from: { path: '^emulator/', pathNot: ['^emulator/worker/', test] },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'emulator-machine',
      comment: 'The facade sees all of the emulator but the workers that run it.',
      severity: 'error',
      from: { path: '^emulator/machine/', pathNot: test },
      to: { path: '^(emulator/worker|main|renderer|tests|resources)/' },
    },
    {
      name: 'emulator-worker',
      comment: 'Thin entries: the machine and nothing behind it.',
      severity: 'error',
      from: { path: '^emulator/worker/', pathNot: test },
      to: { path: '^(emulator|main|renderer|tests|resources)/', pathNot: '^emulator/(worker|machine|base|trace)/' },
    },
    {
      name: 'main-to-emulator',
      comment: 'The machine is the only door in; beside it the debugger, the firmware packager, and base and trace.',
      severity: 'error',
      from: { path: '^main/', pathNot: test },
      to: { path: '^(emulator|renderer|tests)/', pathNot: '^emulator/(machine|debug|firmware|base|trace|worker)/' },
    },
    {
      name: 'contract-neutral',
      comment: 'The contract is read by every host, so it knows none.',
      severity: 'error',
      from: { path: '^main/contract/', pathNot: test },
      to: { path: '^main/', pathNot: '^main/contract/' },
    },
    {
      name: 'contract-portable',
      comment: 'The contract is bundled into the renderer.',
      severity: 'error',
      from: { path: '^main/contract/', pathNot: test },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'only-desktop-imports-electron',
      comment: 'Everything else must run where the Electron binary is not.',
      severity: 'error',
      from: { pathNot: '^main/desktop/' },
      to: { path: '(^electron$|node_modules/electron/)' },
    },
    {
      name: 'services-know-no-host',
      comment: 'The same services serve the window, the browser and the command line.',
      severity: 'error',
      from: { path: '^main/(services|contract|transport)/', pathNot: test },
      to: { path: '^main/(desktop|server|cli)/' },
    },
    {
      name: 'renderer-to-contract-only',
      comment: 'The renderer is untrusted and speaks through the contract.',
      severity: 'error',
      from: { path: '^renderer/', pathNot: [test, '^renderer/vite\\.config\\.ts$'] },
      to: { path: '^(emulator|main|tests)/', pathNot: '^main/contract/' },
    },
    {
      name: 'renderer-no-node',
      comment: 'The window is sandboxed.',
      severity: 'error',
      from: { path: '^renderer/', pathNot: [test, '^renderer/vite\\.config\\.ts$'] },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'feature-to-feature',
      comment: 'A feature is a folder that can be taken out: what two share belongs into widgets, base or api.',
      severity: 'error',
      from: { path: '^renderer/features/([^/]+)/' },
      to: { path: '^renderer/features/', pathNot: '^renderer/features/$1/' },
    },
    {
      name: 'shared-to-feature',
      comment: 'What features share knows no feature.',
      severity: 'error',
      from: { path: '^renderer/(api|widgets|base)/' },
      to: { path: '^renderer/(features|app)/' },
    },
    {
      name: 'product-to-tests',
      comment: 'The product does not contain its tests.',
      severity: 'error',
      from: { path: '^(emulator|main|renderer)/', pathNot: test },
      to: { path: ['^tests/', test] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    // AssemblyScript has its own compiler and its own resolution.
    exclude: { path: ['^emulator/runtime/', '/dist/', '^tests/architecture/fixture/'] },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      extensions: ['.ts', '.js', '.vue', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'node', 'default'],
    },
    moduleSystems: ['es6', 'cjs'],
  },
};
