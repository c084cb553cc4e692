/** How a run ended, by its outcome or by what ended it from outside. */
export const traceEnd = {
  'end.completed': 'The scenario came to its end',
  'end.failed': 'The bot could not go on',
  'end.stopped': 'Stopped by {{author}}',
  'end.displaced': 'Gave way to another bot: {{author}}',
  'end.restarted': 'Ended: the bot was started again',
  'end.looped': 'Stopped: it went round in a loop',
  'end.expired': 'Ended: its time ran out',
  'end.replied': 'Stopped: {{author}} answered the client',
  'end.closed': 'Stopped: {{author}} closed the conversation',
  'end.closedItself': 'Stopped: the bot closed the conversation itself',
  'end.blocked': 'Stopped: {{author}} blocked the client',
  'end.merged': 'Stopped: contacts were merged, a later run of this bot goes on',
  'end.tooDeep': 'Stopped: bots started one another more than 10 times in a row',
  'end.clientWrote': 'The poll was dropped: the client wrote something else',
  'end.ranOut': 'The poll is over: the client did not answer in time',
  'end.showOther': 'Show its trace',
};
