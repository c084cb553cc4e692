export const users = {
  'users.add': 'Add a user',
  'users.name': 'Name',
  'users.role': 'Role',
  'users.sees': 'Sees',
  'users.sees.all': 'all contacts',
  'users.sees.own': "own contacts and nobody's",
  'users.inactive': 'inactive',
  'users.activate': 'Activate',
  'users.deactivate': 'Deactivate',
  'users.made': 'The user is added. Pass the password on: it is not shown again.',
};
