/** What ended a run from outside its scenario, where its outcome and author do not say it: `why` of the last line of its trace. Pages have words for each. */
export const END_REASONS = [
  'replied', // a person answered the client
  'closed', // the conversation was closed
  'closedItself', // the bot closed it while it waited for an answer
  'blocked', // the contact was blocked
  'merged', // the contact was merged with one that has a later run of the bot
  'tooDeep', // bots started one another too often
  'clientWrote', // of a poll: the client wrote something else
  'ranOut', // of a poll: the wait was over
] as const;

export type EndReason = (typeof END_REASONS)[number];
