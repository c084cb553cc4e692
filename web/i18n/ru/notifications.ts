export const notifications = {
  'bell.what.npsAlarm': 'Низкая оценка:',
  'bell.what.mentioned': 'Вас упоминают:',
  'bell.what.transferred': 'Вам передали беседу:',
  'bell.what.invited': 'Вас позвали в беседу:',
  'bell.what.internalMessage': 'Пишет коллега:',
  'bell.what.exportReady': 'Выгрузка готова',
  'bell.what.webhookOff': 'Вебхук отключён: получатель не отвечает',
};
