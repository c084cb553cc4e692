/**
 * Every type of the list of events that this system writes: the vendor's key and number, titles. Ours, which the vendor lacks, have numbers from
 * 9001; keys of the vendor whose numbers its pages do not tell, from 9101.
 */
export interface EventType {
  key: string;
  type: number;
  ru: string;
  en: string;
}

export const eventTypes: readonly EventType[] = [
  { key: 'lead_added', type: 1, ru: 'Новая сделка', en: 'New lead' },
  { key: 'contact_added', type: 3, ru: 'Новый контакт', en: 'New contact' },
  { key: 'lead_status_changed', type: 14, ru: 'Изменение этапа продажи', en: 'Stage changed' },
  { key: 'site_visit_note_added', type: 18, ru: 'Заход на сайт', en: 'Site visit' },
  { key: 'entity_responsible_changed', type: 25, ru: 'Ответственный изменён', en: 'Responsible user changed' },
  { key: 'link_followed', type: 59, ru: 'Переход по ссылке', en: 'Link followed' },
  { key: 'incoming_chat_message', type: 89, ru: 'Входящее сообщение', en: 'Incoming message' },
  { key: 'outgoing_chat_message', type: 90, ru: 'Исходящее сообщение', en: 'Outgoing message' },
  { key: 'nps_rate_added', type: 91, ru: 'Новая оценка NPS', en: 'NPS rate added' },
  { key: 'entity_merged', type: 92, ru: 'Выполнено объединение', en: 'Merged' },
  { key: 'talk_created', type: 119, ru: 'Беседа создана', en: 'Conversation created' },
  { key: 'talk_closed', type: 120, ru: 'Беседа закрыта', en: 'Conversation closed' },
  { key: 'talk_missed_event', type: 122, ru: 'Превышено время на ответ', en: 'Response time exceeded' },
  { key: 'conversation_answered', type: 135, ru: 'Не требует ответа', en: 'No reply needed' },
  { key: 'entity_direct_message', type: 150, ru: 'Сообщение внутреннего чата', en: 'Internal chat message' },
  { key: 'talk_reopened', type: 9001, ru: 'Беседа открыта снова', en: 'Conversation reopened' },
  { key: 'talk_read', type: 9002, ru: 'Беседа прочитана', en: 'Conversation read' },
  { key: 'talk_unread', type: 9003, ru: 'Беседа отмечена непрочитанной', en: 'Conversation marked unread' },
  { key: 'bot_started', type: 9004, ru: 'Бот запущен', en: 'Bot started' },
  { key: 'bot_ended', type: 9005, ru: 'Бот завершён', en: 'Bot ended' },
  { key: 'participant_added', type: 9006, ru: 'Участник добавлен', en: 'Participant added' },
  { key: 'participant_removed', type: 9007, ru: 'Участник убран', en: 'Participant removed' },
  { key: 'contact_blocked', type: 9008, ru: 'Контакт заблокирован', en: 'Contact blocked' },
  { key: 'contact_unblocked', type: 9009, ru: 'Контакт разблокирован', en: 'Contact unblocked' },
  { key: 'chat_opened', type: 9010, ru: 'Чат открыт по ссылке', en: 'Chat opened by a link' },
  { key: 'entity_tag_added', type: 9101, ru: 'Теги добавлены', en: 'Tags added' },
  { key: 'entity_tag_deleted', type: 9102, ru: 'Теги убраны', en: 'Tags removed' },
  { key: 'custom_field_value_changed', type: 9103, ru: 'Изменение поля', en: 'Field changed' },
  { key: 'sale_field_changed', type: 9104, ru: 'Изменение бюджета', en: 'Price changed' },
  { key: 'name_field_changed', type: 9105, ru: 'Изменение названия', en: 'Name changed' },
  { key: 'customer_added', type: 9106, ru: 'Новый покупатель', en: 'New customer' },
  { key: 'customer_status_changed', type: 9107, ru: 'Изменение этапа покупателя', en: 'Customer stage changed' },
  { key: 'task_added', type: 9108, ru: 'Новая задача', en: 'New task' },
  { key: 'task_completed', type: 9109, ru: 'Задача выполнена', en: 'Task completed' },
  { key: 'task_text_changed', type: 9110, ru: 'Изменение текста задачи', en: 'Task text changed' },
  { key: 'task_deadline_changed', type: 9111, ru: 'Изменение срока задачи', en: 'Task deadline changed' },
  { key: 'common_note_added', type: 9112, ru: 'Новое примечание', en: 'New note' },
  { key: 'talk_attached', type: 9113, ru: 'Беседа перенесена в другую карточку', en: 'Conversation moved to another card' },
  { key: 'customer_next_purchase_changed', type: 9114, ru: 'Изменение даты следующей покупки', en: 'Next purchase changed' },
  { key: 'task_reopened', type: 9115, ru: 'Задача снова в работе', en: 'Task to be done again' },
];

const byKey = new Map(eventTypes.map((type) => [type.key, type]));

/** A type's title; the key itself for one that is not in the list. */
export function eventTitle(key: string, language: 'ru' | 'en'): string {
  return byKey.get(key)?.[language] ?? key;
}
