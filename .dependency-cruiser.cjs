/**
 * Who may import whom: the table of docs/architecture.md as rules. The folder a file stands in says what it may touch.
 *
 * Files are parsed by swc, because dependency-cruiser cannot read through TypeScript 7. Its swc reader knows neither JSX nor type-only
 * imports; `readImports` helps with both: it hands on the imports alone, with type-only ones in the disguise of `import x = require()`,
 * a form that this project does not use. In the rules below `TYPES` therefore means "imported as types only".
 */
const swc = require('@swc/core');

const TYPES = ['import-equals'];
const parseFile = swc.parseFileSync;
swc.parseFileSync = function readImports(file, options) {
  const body = [];
  const collect = (node) => {
    if (node === null || typeof node !== 'object') return;
    if (Array.isArray(node)) return node.forEach(collect);
    const typesOnly = node.typeOnly === true || (node.specifiers?.length > 0 && node.specifiers.every((one) => one.isTypeOnly === true));
    const isStatement = ['ImportDeclaration', 'ExportNamedDeclaration', 'ExportAllDeclaration'].includes(node.type) && node.source;
    if (isStatement) body.push(typesOnly ? disguise(node.source, node.span) : { ...node, specifiers: [] });
    else if (node.type === 'TsImportType') body.push(disguise(node.argument, node.span));
    else if (node.type === 'CallExpression' && node.callee.type === 'Import')
      body.push({ type: 'ExpressionStatement', span: node.span, expression: { ...node, arguments: node.arguments.slice(0, 1) } });
    else for (const key in node) if (key !== 'span') collect(node[key]);
  };
  collect(parseFile(file, { ...options, tsx: file.endsWith('.tsx') }).body);
  return { type: 'Module', span: { start: 0, end: 0, ctxt: 0 }, body, interpreter: null };
};
const disguise = (source, span) => ({
  type: 'TsImportEqualsDeclaration',
  span,
  isExport: false,
  isTypeOnly: false,
  id: { type: 'Identifier', span, value: 'types', optional: false },
  moduleRef: { type: 'TsExternalModuleReference', span, expression: source },
});

const TEST = '(\\.test\\.tsx?$|^test/)';
const npm = (...names) => `^node_modules/(${names.join('|')})/`;
const NODE = { dependencyTypes: ['core'] };

/** Everything that is not on the list is forbidden, be it imported as a value or as a type. */
const only = (name, comment, from, allowed) => ({
  name,
  comment,
  severity: 'error',
  from: { path: from, pathNot: TEST },
  to: { pathNot: allowed },
});

module.exports = {
  forbidden: [
    only('domain-is-pure', 'domain/ holds rules: no input, output, clock or chance, hence domain/ and pure packages only', '^domain/', [
      '^domain/',
      npm('re2js', 'libphonenumber-js', 'linkify-it'),
    ]),
    {
      name: 'domain-tests-are-pure',
      comment: 'tests beside the rules are as pure as they are; what reads files or needs a server stands in test/',
      severity: 'error',
      from: { path: '^domain/.*\\.test\\.tsx?$' },
      // How often properties are tried is told to all tests in one place.
      to: { pathNot: ['^domain/', '^test/fuzz/runs\\.ts$', npm('re2js', 'libphonenumber-js', 'linkify-it', 'vitest', 'fast-check')] },
    },
    {
      name: 'workflows-wait-only',
      comment: 'workflow code runs in a sandbox that is kept per open conversation: the SDK only, everything else as types',
      severity: 'error',
      from: { path: '^workflows/', pathNot: [TEST, '^workflows/(build|bundle|starts)\\.ts$'] },
      to: { pathNot: ['^workflows/', npm('@temporalio/workflow')], dependencyTypesNot: TYPES },
    },
    {
      name: 'workflows-types',
      comment:
        'the types that workflow code may see are those of the activities, of domain/ and of what a messenger tells (channels/channel.ts)',
      severity: 'error',
      from: { path: '^workflows/', pathNot: [TEST, '^workflows/(build|bundle|starts)\\.ts$'] },
      to: {
        pathNot: ['^workflows/', '^domain/', '^activities/', '^channels/channel\\.ts$', npm('@temporalio/workflow', '@temporalio/common')],
      },
    },
    {
      name: 'channels-stand-alone',
      comment:
        "a channel knows channel.ts, its messenger's package and the words for messages; not the database, not other channels' folders",
      severity: 'error',
      from: { path: '^channels/', pathNot: TEST },
      to: { path: '^(db|api|activities|workflows|web|widget|embedded|config\\.ts|start\\.ts|worker\\.ts)' },
    },
    {
      name: 'channels-not-each-other',
      comment: 'what two channels share stands directly in channels/',
      severity: 'error',
      from: { path: '^channels/([^/]+)/', pathNot: TEST },
      to: { path: '^channels/[^/]+/', pathNot: '^channels/$1/' },
    },
    {
      name: 'channels-domain',
      comment: 'of domain/ a channel needs messages only',
      severity: 'error',
      from: { path: '^channels/', pathNot: TEST },
      to: { path: '^domain/', pathNot: '^domain/message/' },
    },
    only('db-stores', 'db/ is Postgres: Drizzle, postgres.js and the words of domain/', '^db/', [
      '^db/',
      '^domain/',
      npm('drizzle-orm', 'postgres', 'pino'),
      '^(node:)?(fs|path|url|crypto|util|async_hooks|events|timers)(/promises)?$',
    ]),
    {
      name: 'activities',
      comment: 'activities join domain/, db/, channels/ and Temporal; pages and routes are none of their business',
      severity: 'error',
      from: { path: '^activities/', pathNot: TEST },
      to: { path: '^(api|web|widget|embedded|start\\.ts|worker\\.ts)|^node_modules/(hono|@hono|react|@mantine)/' },
    },
    {
      name: 'api',
      comment:
        'routes use stores, domain/, channels/, the messages of workflows/ and a Temporal client; activities and workflow code stay away',
      severity: 'error',
      from: { path: '^api/', pathNot: [TEST, '^api/server\\.ts$'] },
      to: {
        path: '^(activities|web|widget|embedded|workflows|config\\.ts|start\\.ts|worker\\.ts)|^node_modules/@temporalio/(worker|workflow|activity)/',
        pathNot: '^workflows/(messages|starts)\\.ts$',
        dependencyTypesNot: TYPES,
      },
    },
    {
      name: 'web',
      comment: "pages use their own packages, domain/ and the types of the API; nothing else of the server's",
      severity: 'error',
      from: { path: '^(web|widget)/', pathNot: [TEST, '^(web/vite\\.config|widget/build)\\.ts$'] },
      to: {
        path: '^(db|activities|workflows|channels|embedded|config\\.ts|start\\.ts|worker\\.ts)|^node_modules/(@temporalio|postgres|drizzle-orm|pino|@hono)/',
      },
    },
    {
      name: 'web-api-types',
      comment: 'of the API a page may import types only',
      severity: 'error',
      from: { path: '^(web|widget)/', pathNot: TEST },
      to: { path: '^api/', dependencyTypesNot: TYPES },
    },
    {
      name: 'web-no-node',
      comment: 'pages run in a browser',
      severity: 'error',
      from: { path: '^(web|widget)/', pathNot: [TEST, '^(web/vite\\.config|widget/build)\\.ts$'] },
      to: NODE,
    },
    {
      name: 'config-is-read-at-the-top',
      comment: 'processes read the configuration and hand it on; embedded/ and activities/ may name its type',
      severity: 'error',
      from: { pathNot: [TEST, '^(start|worker|worker-parts|payload-codec)\\.ts$', '^api/server\\.ts$', '^embedded/', '^(bin|bench)/'] },
      to: { path: '^config\\.ts$', dependencyTypesNot: TYPES },
    },
    {
      name: 'no-test-code',
      comment: 'what is shipped does not import from tests',
      severity: 'error',
      from: { pathNot: [TEST, '^bench/', '^embedded/testing\\.ts$'] },
      to: { path: '^test/' },
    },
    {
      name: 'no-development-packages',
      comment: 'what is shipped needs no package that production leaves out',
      severity: 'error',
      from: {
        path: '^(domain|workflows|channels|db|activities|api|embedded|[^/]+\\.ts$)',
        pathNot: [TEST, '^embedded/testing\\.ts$', '^(vitest|drizzle)\\.config\\.ts$'],
      },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: TYPES, pathNot: npm('@types/.*') },
    },
    { name: 'resolvable', comment: 'an import leads somewhere', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'no-circles',
      comment: 'files of the server that need each other are one file (a page and its parts may name each other)',
      severity: 'error',
      from: { pathNot: '^web/' },
      to: { circular: true, viaOnly: { dependencyTypesNot: TYPES } },
    },
  ],
  options: {
    parser: 'swc',
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|\\.beseda|test/output)/' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.tsx', '.js', '.mjs', '.cjs', '.json', '.css'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
