import { describe, expect, test } from 'vitest';
import { chooseLead } from './choose-lead.ts';
import { isLeadRead } from './lead-read.ts';
import { chooseResponsible, type ResponsibleRule } from './responsible.ts';

describe('lead of a conversation', () => {
  const lead = (id: number, pipelineId: number, updatedAt: number) => ({ id, pipelineId, updatedAt });

  test.each([
    ['a new incoming lead without an open one', [], 1, 'newIncoming' as const],
    ['the most recently changed', [lead(1, 1, 10), lead(2, 1, 30), lead(3, 1, 20)], 1, 2],
    ["the channel's pipeline before a fresher lead elsewhere", [lead(1, 1, 10), lead(2, 2, 30)], 1, 1],
    ['any pipeline where the channel has none of its own', [lead(1, 1, 10), lead(2, 2, 30)], undefined, 2],
    ["any pipeline where the channel's holds no open lead", [lead(1, 1, 10), lead(2, 2, 30)], 3, 2],
    ['the newer of two changed together', [lead(5, 1, 10), lead(4, 1, 10)], 1, 5],
  ])('is %s', (_name, openLeads, channelPipelineId, expected) => {
    expect(chooseLead({ openLeads, channelPipelineId })).toBe(expected);
  });
});

describe('responsible user', () => {
  const activeUserIds = new Set([1, 2, 3]);
  const choose = (setting: ResponsibleRule, contactResponsibleId?: number) =>
    chooseResponsible({ contactResponsibleId, setting, activeUserIds });

  test.each<[string, ResponsibleRule, number | undefined, number | undefined]>([
    ["the contact's own", { rule: 'fixed', userId: 2 }, 3, 3],
    ["the channel's when the contact's has left", { rule: 'fixed', userId: 2 }, 9, 2],
    ['who connected the channel', { rule: 'connectingUser', userId: 1 }, undefined, 1],
    ['nobody when that user has left', { rule: 'connectingUser', userId: 9 }, undefined, undefined],
    ['the first of the round', { rule: 'roundRobin', userIds: [3, 1, 2] }, undefined, 3],
    ['the next of the round', { rule: 'roundRobin', userIds: [3, 1, 2], lastUserId: 3 }, undefined, 1],
    ['the first again after the last', { rule: 'roundRobin', userIds: [3, 1, 2], lastUserId: 2 }, undefined, 3],
    ['the next who is still active', { rule: 'roundRobin', userIds: [3, 9, 2], lastUserId: 3 }, undefined, 2],
    ['the first when the last was taken off the list', { rule: 'roundRobin', userIds: [3, 2], lastUserId: 1 }, undefined, 3],
    ['nobody in an empty round', { rule: 'roundRobin', userIds: [] }, undefined, undefined],
    ['nobody by setting', { rule: 'nobody' }, undefined, undefined],
  ])('is %s', (_name, setting, contactResponsibleId, expected) => {
    expect(choose(setting, contactResponsibleId)).toBe(expected);
  });
});

describe('a lead counts as read', () => {
  test.each([
    ['without conversations', [], false],
    ['with closed ones only', [{ status: 'closed' as const, isRead: true }], false],
    [
      'when every one in work is read',
      [
        { status: 'in_work' as const, isRead: true },
        { status: 'closed' as const, isRead: true },
      ],
      true,
    ],
    [
      'unless one in work is unread',
      [
        { status: 'in_work' as const, isRead: true },
        { status: 'with_error' as const, isRead: false },
      ],
      false,
    ],
  ])('%s: %s', (_name, talks, expected) => {
    expect(isLeadRead(talks)).toBe(expected);
  });
});
