export const team = {
  'mention.list': 'Whom to mention',
  'mention.none': 'No such colleague',
};
