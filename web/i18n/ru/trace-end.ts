/** How a run ended, by its outcome or by what ended it from outside. */
export const traceEnd = {
  'end.completed': 'Сценарий пройден до конца',
  'end.failed': 'Бот не смог продолжить',
  'end.stopped': 'Остановил: {{author}}',
  'end.displaced': 'Уступил место другому боту: {{author}}',
  'end.restarted': 'Закончен: бот запущен заново',
  'end.looped': 'Остановлен: зациклился',
  'end.expired': 'Закончен: вышел срок',
  'end.replied': 'Остановлен: клиенту ответил сотрудник ({{author}})',
  'end.closed': 'Остановлен: беседа закрыта ({{author}})',
  'end.closedItself': 'Остановлен: бот сам закрыл беседу',
  'end.blocked': 'Остановлен: клиент заблокирован ({{author}})',
  'end.merged': 'Остановлен: контакты объединены, дальше идёт более поздний запуск этого бота',
  'end.tooDeep': 'Остановлен: боты запускали друг друга больше 10 раз подряд',
  'end.clientWrote': 'Опрос прекращён: клиент написал о другом',
  'end.ranOut': 'Опрос закончен: клиент не ответил вовремя',
  'end.showOther': 'Показать его ход',
};
