/** Which message an answer answers: told to the composer, which may have to change to its chat. */
export const REPLY = 'beseda:reply';
export interface ReplyDetail {
  id: string;
  chatId: string;
  text: string;
}
