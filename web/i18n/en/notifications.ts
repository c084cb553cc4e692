export const notifications = {
  'bell.what.npsAlarm': 'A low rate:',
  'bell.what.mentioned': 'You are mentioned:',
  'bell.what.transferred': 'A conversation is now yours:',
  'bell.what.invited': 'You are asked into a conversation:',
  'bell.what.internalMessage': 'A colleague writes:',
  'bell.what.exportReady': 'The export is ready',
  'bell.what.webhookOff': 'A webhook was switched off: its receiver does not answer',
};
