/**
 * Business accounts of Telegram that a bot answers for. A chat in one has the client's id, as the client's chat with the bot itself has: its external id says
 * whose account it is in. By the owner, not by the connection: whoever connects the bot again goes on in the same threads.
 */

/** Begins the external ids of such chats. */
export const BUSINESS_PREFIX = 'business:';

/** `ownerId`, `clientId`: Telegram's ids of the two. */
export const businessChatId = (ownerId: string, clientId: number): string => `${BUSINESS_PREFIX}${ownerId}:${clientId}`;

/** The two sides of a business chat; undefined for every other chat. */
export function readBusinessChat(externalChatId: string): { ownerId: string; clientId: number } | undefined {
  const [, ownerId, clientId] = /^business:(\d+):(\d+)$/.exec(externalChatId) ?? [];
  return ownerId === undefined ? undefined : { ownerId, clientId: Number(clientId) };
}

/** One connection of a bot with a business account, as Telegram told it last. */
export interface BusinessConnection {
  /** What calls name; another one after the bot was connected again. */
  id: string;
  ownerId: string;
  ownerName: string;
  username?: string;
  /** When it was made (epoch ms). */
  connectedAt: number;
  isEnabled: boolean;
  mayReply: boolean;
}

/** The connection as a channel keeps it among its facts. */
export const businessFact = (connection: BusinessConnection): Record<string, string> => ({
  [`${BUSINESS_PREFIX}${connection.id}`]: JSON.stringify(connection),
});

/** Only what `businessFact` makes. */
export const businessFactsOf = (facts: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(facts).filter(([name]) => name.startsWith(BUSINESS_PREFIX)));

/** All connections that a channel knows, ended ones too: late messages still name them. The latest comes first. */
export function businessConnectionsIn(facts: Record<string, string>): BusinessConnection[] {
  return Object.values(businessFactsOf(facts))
    .map((fact): BusinessConnection => JSON.parse(fact))
    .sort((a, b) => b.connectedAt - a.connectedAt || Number(b.isEnabled) - Number(a.isEnabled));
}

/** The connection of each account that counts now: its latest. */
export function businessAccountsIn(facts: Record<string, string>): BusinessConnection[] {
  const all = businessConnectionsIn(facts);
  return all.filter(({ ownerId }, index) => all.findIndex((one) => one.ownerId === ownerId) === index);
}

/** Whose account a chat is in, by name; undefined for every other chat. */
export function accountOwnerOf(externalChatId: string, facts: Record<string, string>): string | undefined {
  const chat = readBusinessChat(externalChatId);
  return chat && (businessAccountsIn(facts).find(({ ownerId }) => ownerId === chat.ownerId)?.ownerName ?? chat.ownerId);
}
