/** Words of the trace: what came of a handler or an event. Pages translate them; `data` of the entry names what they need. */
export const OUTCOMES = [
  // events of the run (handler `run`)
  'started',
  'answered', // data: pressed
  'timerEnded',
  'noAnswerArmed', // data: until
  'noAnswerWithoutTimer',
  'refused', // data: words
  'stays', // nothing matched: the question stands
  'entered', // data: place
  'waits', // data: message, until
  'ended', // data: outcome
  // handlers
  'done',
  'sent', // data: key, buttons, attachments, template where there is one
  'notSentEmpty',
  'matched', // data: option
  'unmatched',
  'true', // data: match for validations
  'false',
  'jumped', // data: place, step
  'noSuchStep', // data: step
  'changed', // data: what was changed
  'skippedUnsupported',
  'skippedUnreadable',
  'skippedNoEntity', // data: entity
  'skippedUnknownId', // data: id
  'skippedNoValue', // data: value is empty or no number
  'skippedNoTemplates', // data: template; the chat's messenger has none, and the step no text
  'skippedInFinish', // a jump or a wait after the end
  'failed',
] as const;

export type Outcome = (typeof OUTCOMES)[number];
