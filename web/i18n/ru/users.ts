export const users = {
  'users.add': 'Добавить пользователя',
  'users.name': 'Имя',
  'users.role': 'Роль',
  'users.sees': 'Видит',
  'users.sees.all': 'все контакты',
  'users.sees.own': 'свои и ничьи контакты',
  'users.inactive': 'отключён',
  'users.activate': 'Включить',
  'users.deactivate': 'Отключить',
  'users.made': 'Пользователь добавлен. Передайте ему пароль: больше мы его не покажем.',
};
