export const search = {
  'search.label': 'Поиск по сообщениям, контактам и сделкам',
  'search.placeholder': 'Поиск',
  'search.clear': 'Очистить поиск',
  'search.where': 'Где искать',
  'search.in.messages': 'Сообщения',
  'search.in.contacts': 'Контакты',
  'search.in.leads': 'Сделки',
  'search.relevance': 'По точности',
  'search.conversation': 'Беседа #{{number}}',
  'search.none': 'Ничего не нашлось',
  'search.noneHint': 'Попробуйте другое слово, телефон или номер беседы.',
  'search.inMessages': 'Искать «{{words}}» в сообщениях',
};
