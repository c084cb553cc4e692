import { remoteControl } from '../base/control.ts';
import type { FakeWhatsAppControl } from './types.ts';

/** The control of a fake in another process: the same calls, each a POST to `/control/<name>`. Errors carry the fake's words. */
export const remoteFakeWhatsApp = (url: string): FakeWhatsAppControl => remoteControl<FakeWhatsAppControl>(url);
