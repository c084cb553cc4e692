export const team = {
  'mention.list': 'Кого упомянуть',
  'mention.none': 'Такого сотрудника нет',
};
