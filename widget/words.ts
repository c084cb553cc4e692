const en = {
  title: 'Chat with us',
  open: 'Open chat',
  close: 'Close chat',
  unread: (count: number) => `${count} unread`,
  bot: 'bot',
  answers: (name: string) => `${name} answers`,
  botAnswers: (name: string) => `${name}, a bot, answers`,
  message: 'Message',
  placeholder: 'Write a message…',
  send: 'Send',
  attach: 'Attach files',
  remove: (name: string) => `Remove ${name}`,
  drop: 'Drop the files here',
  sending: 'Sending',
  sent: 'Sent',
  seen: 'Seen',
  failed: 'Not sent',
  retry: 'Try again',
  discard: 'Delete',
  offline: 'No connection. Your messages will go out by themselves.',
  earlier: 'Show earlier messages',
  thread: 'Messages',
  choices: 'Answers to choose from',
  typing: (name: string) => `${name} is typing`,
  you: 'You',
  picture: 'Picture',
  file: 'File',
  today: 'Today',
  yesterday: 'Yesterday',
  tooLarge: (mb: number) => `Up to ${mb} MB a file`,
  tooMany: (count: number) => `Up to ${count} files a message`,
  typeRefused: 'This kind of file is not taken',
  uploadFailed: 'Not uploaded, press to try again',
  copying: 'on its way',
  units: ['B', 'KB', 'MB', 'GB'],
};

const ru: typeof en = {
  title: 'Напишите нам',
  open: 'Открыть чат',
  close: 'Закрыть чат',
  unread: (count) => `непрочитанных: ${count}`,
  bot: 'бот',
  answers: (name) => `Отвечает ${name}`,
  botAnswers: (name) => `Отвечает бот «${name}»`,
  message: 'Сообщение',
  placeholder: 'Напишите сообщение…',
  send: 'Отправить',
  attach: 'Прикрепить файлы',
  remove: (name) => `Убрать ${name}`,
  drop: 'Отпустите файлы здесь',
  sending: 'Отправляется',
  sent: 'Отправлено',
  seen: 'Просмотрено',
  failed: 'Не отправлено',
  retry: 'Повторить',
  discard: 'Удалить',
  offline: 'Нет связи. Сообщения уйдут сами, когда она появится.',
  earlier: 'Показать более ранние',
  thread: 'Сообщения',
  choices: 'Варианты ответа',
  typing: (name) => `${name} печатает`,
  you: 'Вы',
  picture: 'Картинка',
  file: 'Файл',
  today: 'Сегодня',
  yesterday: 'Вчера',
  tooLarge: (mb) => `До ${mb} МБ на файл`,
  tooMany: (count) => `До ${count} файлов в сообщении`,
  typeRefused: 'Такие файлы не принимаются',
  uploadFailed: 'Не загрузилось, нажмите, чтобы повторить',
  copying: 'загружается',
  units: ['Б', 'КБ', 'МБ', 'ГБ'],
};

export type Words = typeof en;
export type Language = 'ru' | 'en';

/** The page's language decides, then the browser's. */
export function chooseLanguage(wanted: string | undefined): Language {
  const tag = wanted || document.documentElement.lang || navigator.language;
  return tag.toLowerCase().startsWith('ru') ? 'ru' : 'en';
}

export const wordsOf = (language: Language): Words => (language === 'ru' ? ru : en);

/** "1.4 MB" in the page's language. */
export function sizeWords(bytes: number, words: Words, language: Language): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < words.units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  const digits = unit === 0 || value >= 10 ? 0 : 1;
  return `${value.toLocaleString(language, { maximumFractionDigits: digits })} ${words.units[unit]}`;
}
