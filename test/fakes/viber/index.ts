export { remoteFakeViber } from './remote.ts';
export { type FakeViberOptions, startFakeViber } from './server.ts';
export type * from './types.ts';
