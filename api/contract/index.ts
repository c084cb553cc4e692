/**
 * Every shape of the own API. Pages import the types, routes the schemas: there is one source for both and for `/openapi.json`.
 *
 * Orders and changes take an `Idempotency-Key` header; 202 answers `Accepted`. Errors are `Problem`. All under `/api`:
 *
 * - `GET session` Session · `POST session` SignIn → Session · `POST session/demo` → Session · `DELETE session` · `POST session/account {accountId}` → Session
 * - `GET|POST groups` Group[], `PATCH|DELETE groups/{id}`: users who share clients, and their rights
 * - `GET me` Me · `POST accounts` NewAccount → AccountMade · `GET|POST users`, `PATCH users/{id}` · `GET|POST tokens`, `DELETE tokens/{id}`
 * - `GET conversations` ConversationQuery → ConversationPage · `GET conversations/counts` · `GET conversations/{number}` Conversation
 * - `GET conversations/{number}/messages` MessagePage · `POST …/messages` WriteBody or multipart → 201 Message (202 Accepted)
 * - `POST conversations/{number}/close` CloseBody → OrderAnswer · `…/no-reply-needed`, `…/read`, `…/unread` → OrderAnswer
 * - `POST conversations/bulk` BulkBody → BulkAnswer · `GET search` SearchQuery → SearchPage
 * - `POST chats/{id}/messages` as above, for a chat without a conversation · `POST messages/{id}/retry` → OrderAnswer
 * - `GET contacts/{id}` Contact · `PATCH contacts/{id}` ContactChange → Contact · `GET contacts/{id}/thread` ThreadPage
 * - `POST conversations/{number}/transfer` TransferBody → Transferred · `POST …/participants`, `DELETE …/participants/{userId}` → Participants
 * - `POST conversations/{number}/notes` TalkNoteBody → 201 TalkNoteMade · `PATCH|DELETE …/notes/{id}` · `POST …/typing` TypingBody → 204
 * - `POST contacts/{id}/block`, `…/unblock` → BlockAnswer · `POST contacts/{id}/messages` WriteBody with `channel` → 201 Message: writes first where the channel can
 * - `GET|POST quick-replies`, `PUT|DELETE quick-replies/{id}` QuickReply · `GET quick-replies/{id}/filled?contact=` FilledQuickReply
 * - `GET leads` LeadPage · `POST leads` NewLead → Lead · `GET leads/{id}` Lead · `PATCH leads/{id}` LeadChange → Lead · `GET leads/{id}/thread` ThreadPage
 * - `GET leads/totals` StageTotals · `POST leads/{id}/accept`, `…/decline` → Lead
 * - `GET customers` CustomerPage · `POST customers` NewCustomer → Customer · `GET|PATCH customers/{id}` Customer · `GET customers/stages`
 * - `POST conversations/{number}/attach` AttachTo → Conversation
 * - `GET|POST (leads|customers|contacts)/{id}/tasks` Task · `PATCH tasks/{id}` TaskChange → Task · `GET|POST …/notes` Note · `GET …/events` EventPage
 * - `GET leads/{id}/runs?state=alive|all` {items: Run[]} · `GET runs/{id}` Run · `GET runs/{id}/trace` Trace · `POST runs/{id}/stop` → RunAnswer
 * - `GET bots` · `POST bots/import` (the file's bytes) → BotImported · `GET|PATCH bots/{id}` Bot · `POST bots/{id}/publish` → Published · `GET bots/{id}/export`
 * - `GET bots/{id}/versions`, `…/versions/{version}/source` · `POST bots/{id}/rollback {version}` → Published · `POST bots/{id}/off {endRuns}`, `…/on` → BotState
 * - `GET|PUT bots/{id}/triggers` Trigger[] · `POST bots/{id}/start` StartBody → 201 Run, 200 the run that was there · `POST bots/{id}/simulate`
 * - `GET channels` Channels · `POST channels` NewChannel → 201 Channel · `GET|PATCH|DELETE channels/{id}` · `POST channels/{id}/test` ChannelTest
 * - `GET|PUT settings` Settings · `GET pipelines`, `tags?entity=`, `fields?entity=` · `POST fields`
 * - `POST files` (multipart `file`) → 201 FileView · `GET events` EventPage · `GET notifications` NotificationPage, `POST notifications/read`
 * - `GET|PUT me/notifications` NotificationSettings · `GET push-key` · `GET|POST me/push-subscriptions`, `DELETE me/push-subscriptions/{id}`
 * - `GET internal-chats` InternalChatPage · `GET …/counts` · `POST …` (group) · `POST …/direct {userId}` · `GET leads/{id}/internal-chat` InternalChat
 * - `GET|PATCH internal-chats/{id}` · `POST|DELETE …/members` · `GET|POST …/messages`, `PATCH|DELETE …/messages/{messageId}` · `POST …/read` · `GET internal-chats/search`
 * - `GET events/types` EventTypes · `POST exports` NewExport → 201 Export · `GET exports`, `exports/{id}` · `POST exports/{id}/cancel` → Export
 * - `GET reports/(conversations|responses|missed|nps|managers|bots)?period&from&to&channel&user&bot&group` …Report
 * - `GET duplicates?contact=` DuplicatePage · `GET duplicates/pair?first=&second=` Duplicate · `POST duplicates/different` PairBody → 204
 * - `POST contacts/merge` MergeBody → MergeAnswer: ids of merged contacts lead to the one that stayed
 * - `GET stream`: server-sent events `resync` and `change` (Change)
 */
export * from './bots.ts';
export * from './channels.ts';
export * from './common.ts';
export * from './conversations.ts';
export * from './customers.ts';
export * from './duplicates.ts';
export * from './events.ts';
export * from './groups.ts';
export * from './internal.ts';
export * from './leads.ts';
export * from './links.ts';
export {
  type AttachmentView,
  attachment,
  attachmentKind,
  type ButtonToWrite,
  type FileView,
  file,
  type Message,
  type MessagePage,
  message,
  messagePage,
  messageQuery,
  partStatus,
  type TalkNote,
  type ThreadItem,
  type ThreadLine,
  type ThreadPage,
  talkNote,
  threadLine,
  threadPage,
  threadQuery,
  type WriteBody,
  writeBody,
} from './messages.ts';
export * from './notifications.ts';
export * from './reports.ts';
export * from './runs.ts';
export * from './search.ts';
export * from './session.ts';
export * from './settings.ts';
export * from './team.ts';
export * from './templates.ts';
export * from './webhooks.ts';
