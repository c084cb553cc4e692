/** What made-up clients, managers and bots say, in Russian and English. */
import type { Random } from './random.ts';

export type Language = 'ru' | 'en';
/** In nearly every fifth message: a search for it has to choose among very many. */
export const COMMON_WORD = { ru: 'заказ', en: 'order' };
/** In one of 20,000 messages. */
export const RARE_WORD = { ru: 'цеппелин', en: 'zeppelin' };
const RARE_SHARE = 1 / 20_000;

const ru = {
  things:
    'чайник|стол|диван|куртка|велосипед|ноутбук|ковёр|лампа|шкаф|принтер|самовар|зонт|рюкзак|пылесос|кресло|палатка|скатерть|полка|сервиз|коляска'.split(
      '|',
    ),
  places: 'Москве|Казани|Туле|Самаре|Перми|Уфе|Омске|Твери|Рязани|Пскове|Сочи|Томске|Вологде|Калуге|Курске|Орле'.split('|'),
  days: 'сегодня|завтра|в субботу|в пятницу|на следующей неделе|после обеда|до праздников|утром|к вечеру|в понедельник'.split('|'),
  client: [
    'Здравствуйте! {thing} есть в наличии?',
    'Сколько стоит {thing} с доставкой в {place}?',
    'Где мой заказ? Обещали {day}',
    'А можно забрать {day}?',
    'Хочу вернуть: {thing} пришёл с царапиной',
    'Спасибо, подумаю',
    'Мне нужен {thing} подешевле',
    'Оплатила картой, проверьте, пожалуйста, заказ {n}',
    'Можно в рассрочку?',
    'Какой размер у модели {n}?',
    'Добрый день, подскажите по доставке в {place}',
    'Пришлите фото, как выглядит {thing}',
    'Мой телефон +7 9{n} {n}, позвоните {day}',
    'Да, подходит, оформляйте заказ',
    'Нет, это дорого',
  ],
  user: [
    'Здравствуйте! Да, {thing} есть, можем отправить {day}.',
    'Доставка в {place} займёт три дня, стоимость {n} ₽.',
    'Ваш заказ {n} уже передан в службу доставки.',
    'Сейчас уточню на складе и напишу вам.',
    'Оформила возврат, деньги вернутся {day}.',
    'Скидка {n} ₽ действует только {day}.',
    'Пожалуйста! Если появятся вопросы, пишите.',
    'Счёт на {thing} отправили на почту.',
    'К сожалению, {thing} закончился, будет {day}.',
    'Могу предложить другой {thing}, он дешевле на {n} ₽.',
  ],
  bot: [
    'Здравствуйте! Я бот магазина и отвечу сразу. Что вас интересует?',
    'Выберите город доставки или напишите свой.',
    'Цены: {thing} — {n} ₽, {thing} — {n} ₽.',
    'Передаю ваш вопрос менеджеру, он ответит {day}.',
    'Номер заказа принят: {n}.',
  ],
  firstNames:
    'Анна|Иван|Ольга|Пётр|Мария|Сергей|Елена|Дмитрий|Наталья|Алексей|Татьяна|Артём|Юлия|Никита|Ксения|Павел|Вера|Фёдор|Дарья|Глеб'.split(
      '|',
    ),
  lastNames:
    'Ким|Седых|Коваленко|Шевчук|Литвин|Гордиенко|Черных|Долгих|Ткач|Бондарь|Мельник|Зинченко|Савич|Юшко|Остапенко|Рудых|Шамрай|Голуб|Дрозд|Павлюк'.split(
      '|',
    ),
};

const en: typeof ru = {
  things:
    'kettle|table|sofa|jacket|bicycle|laptop|carpet|lamp|wardrobe|printer|samovar|umbrella|backpack|armchair|tent|shelf|teapot|stroller'.split(
      '|',
    ),
  places: 'London|Leeds|Dublin|Boston|Austin|Toronto|Oslo|Riga|Berlin|Madrid|Lisbon|Vienna'.split('|'),
  days: 'today|tomorrow|on Saturday|on Friday|next week|after lunch|before the holidays|in the morning|by the evening'.split('|'),
  client: [
    'Hello! Is the {thing} in stock?',
    'How much is the {thing} with delivery to {place}?',
    'Where is my order? You promised {day}',
    'May I collect it {day}?',
    'I want to return the {thing}, it is scratched',
    'Thank you, I will think about it',
    'I need a cheaper {thing}',
    'I paid by card, please check order {n}',
    'What size is model {n}?',
    'Please call me {day}, my number is +44 7{n} {n}',
    'Fine, place the order',
    'No, that is too expensive',
  ],
  user: [
    'Hello! Yes, the {thing} is in stock, we can ship it {day}.',
    'Delivery to {place} takes three days and costs {n}.',
    'Your order {n} is on its way.',
    'Let me ask the warehouse, I will write to you.',
    'The refund is made, the money comes back {day}.',
    'You are welcome! Write if anything comes up.',
    'Sorry, the {thing} is sold out and will be back {day}.',
    'I can offer another {thing}, {n} cheaper.',
  ],
  bot: [
    'Hello! I am the bot of the shop. What are you looking for?',
    'Choose a city or write yours.',
    'I pass your question to a manager.',
    'Order number taken: {n}.',
  ],
  firstNames: 'Anna|John|Olivia|Peter|Mary|Oscar|Helen|David|Nora|Alex|Tina|Arthur|Julia|Nick|Xenia|Paul|Vera|Theo|Daria|Glen'.split('|'),
  lastNames: 'Mint|Harrow|Lake|Winter|Marsh|Field|Stone|Brook|Hill|Wells|Parker|Reed|Shaw|Quill|Ashton|Vale|Frost|Lane'.split('|'),
};

const books = { ru, en };

/** One message of somebody. */
export function sentence(random: Random, language: Language, who: 'client' | 'user' | 'bot'): string {
  const book = books[language];
  const filled = random
    .pick(book[who])
    .replace(/\{(thing|place|day|n)\}/g, (_, slot: string) =>
      slot === 'n'
        ? String(100 + random.below(900))
        : random.pick(slot === 'thing' ? book.things : slot === 'place' ? book.places : book.days),
    );
  return random.chance(RARE_SHARE) ? `${filled} ${RARE_WORD[language]}` : filled;
}

export function personName(random: Random, language: Language): { first: string; last: string } {
  const book = books[language];
  return { first: random.pick(book.firstNames), last: random.pick(book.lastNames) };
}

export function leadName(random: Random, language: Language): string {
  const thing = random.pick(books[language].things);
  return language === 'ru' ? `Заказ: ${thing}` : `Order: ${thing}`;
}
