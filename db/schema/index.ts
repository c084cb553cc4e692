export * from './accounts.ts';
export * from './auth.ts';
export * from './bots.ts';
export * from './channels.ts';
export * from './chats.ts';
export * from './events.ts';
export * from './people.ts';
export * from './webhooks.ts';
