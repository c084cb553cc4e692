import { remoteControl } from '../base/control.ts';
import type { FakeTelegramControl } from './types.ts';

/** The control of a fake in another process: the same calls, each a POST to `/control/<name>`. Errors carry the fake's words. */
export const remoteFakeTelegram = (url: string): FakeTelegramControl => remoteControl<FakeTelegramControl>(url);
