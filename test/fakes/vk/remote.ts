import { remoteControl } from '../base/control.ts';
import type { FakeVkControl } from './types.ts';

/** The control of a fake in another process: the same calls, each a POST to `/control/<name>`. Errors carry the fake's words. */
export const remoteFakeVk = (url: string): FakeVkControl => remoteControl<FakeVkControl>(url);
