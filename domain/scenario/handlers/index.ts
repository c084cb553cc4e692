/** The one table of handlers. A new one is a file beside this and a row here. */
import { action } from './action.ts';
import { buttons } from './buttons.ts';
import { condition, conditions } from './conditions.ts';
import { distribution } from './distribution.ts';
import { drawnStop, finish, start } from './finish.ts';
import { goto } from './goto.ts';
import type { RegisteredHandler } from './handler.ts';
import { preset } from './preset.ts';
import { sendExternalMessage, sendMessage } from './send-message.ts';
import { show } from './show.ts';
import { stop } from './stop.ts';
import { unknownHandler, unsupported } from './unsupported.ts';
import { validations } from './validations.ts';
import { waitAnswer } from './wait-answer.ts';
import { wait, waits } from './waits.ts';

const HANDLERS = {
  _start: start,
  _stop: drawnStop,
  action,
  buttons,
  condition,
  conditions,
  distribution,
  exits: unsupported('exits', 'decides'),
  filter: unsupported('filter', 'decides'),
  find: unsupported('find', 'decides'),
  finish,
  goto,
  list_message: unsupported('list_message', 'decides'),
  meta: unsupported('meta', 'acts'),
  preset,
  send_comment: unsupported('send_comment', 'acts'),
  send_external_message: sendExternalMessage,
  send_internal: unsupported('send_internal', 'acts'),
  send_message: sendMessage,
  show,
  stop,
  trigger: unsupported('trigger', 'acts'),
  validations,
  wait,
  wait_answer: waitAnswer,
  waits,
  widget_request: unsupported('widget_request', 'decides'),
} as const satisfies Record<string, RegisteredHandler>;

export type HandlerName = keyof typeof HANDLERS;

/** The handler of that name; for an unknown name one that skips or fails by what its params hold. */
export function handlerOf(name: string): RegisteredHandler {
  return Object.hasOwn(HANDLERS, name) ? HANDLERS[name as HandlerName] : unknownHandler(name);
}
