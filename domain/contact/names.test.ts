import { expect, test } from 'vitest';
import { changedNames } from './names.ts';

const ann = { name: 'Mary Ann Lee', firstName: 'Mary Ann', lastName: 'Lee' };

test.each([
  [{}, ann],
  [{ name: 'Mary Ann Lee' }, ann],
  [{ name: 'Boris' }, { name: 'Boris', firstName: 'Boris', lastName: '' }],
  [{ name: 'Boris de Witt' }, { name: 'Boris de Witt', firstName: 'Boris', lastName: 'de Witt' }],
  [{ lastName: 'Ray' }, { name: 'Mary Ann Ray', firstName: 'Mary Ann', lastName: 'Ray' }],
  [{ lastName: '' }, { name: 'Mary Ann', firstName: 'Mary Ann', lastName: '' }],
  [
    { name: 'Dr. Ray', firstName: 'Ann' },
    { name: 'Dr. Ray', firstName: 'Ann', lastName: 'Lee' },
  ],
  [
    { firstName: '', lastName: '' },
    { name: 'Mary Ann Lee', firstName: '', lastName: '' },
  ],
])('the whole name and its parts stay together after %j', (change, after) => {
  expect(changedNames(ann, change)).toEqual(after);
});
