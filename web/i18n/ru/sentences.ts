/**
 * Refusals of the API and of the messengers' adapters in Russian, by their English sentence; `{0}`, `{1}` … stand for what each names. What is not here is
 * shown in English after the words for its code.
 */
export const sentences: Record<string, string> = {
  'A bot file may have up to {0} MB': 'Файл бота — не больше {0} МБ',
  'A direct chat stays between two': 'Личный чат остаётся между двумя людьми',
  'A direct chat stays between two: make a group': 'Личный чат остаётся между двумя людьми: создайте группу',
  'E-mail or password is wrong': 'Неверная почта или пароль',
  'No such bot': 'Такого бота нет',
  'No such channel': 'Такого канала нет',
  'No such chat': 'Такого чата нет',
  'No such contact': 'Такого контакта нет',
  'No such contact, or one without a chat': 'Такого контакта нет, или у него нет чата',
  'No such conversation': 'Такой беседы нет',
  'No such customer': 'Такого покупателя нет',
  'No such export': 'Такой выгрузки нет',
  'No such file': 'Такого файла нет',
  'No such group': 'Такой группы нет',
  'No such internal chat': 'Такого внутреннего чата нет',
  'No such lead': 'Такой сделки нет',
  'No such lead, customer, contact or conversation': 'Такой сделки, покупателя, контакта или беседы нет',
  'No such member': 'Такого участника нет',
  'No such message': 'Такого сообщения нет',
  'No such message of yours': 'Такого вашего сообщения нет',
  'No such note': 'Такой заметки нет',
  'No such quick reply': 'Такого быстрого ответа нет',
  'No such run': 'Такого запуска нет',
  'No such task': 'Такой задачи нет',
  'No such token': 'Такого ключа нет',
  'No such user': 'Такого сотрудника нет',
  'No such webhook': 'Такого вебхука нет',
  'One of the two contacts is not there, or was merged already': 'Одного из контактов нет, или он уже объединён',
  'Only a group has a title of its own': 'Своё название есть только у группы',
  'Only an administrator of the account may do this': 'Это может только администратор аккаунта',
  'Only the operator of this installation makes accounts': 'Аккаунты создаёт только владелец этой установки',
  'Only who made the chat or an administrator takes others out': 'Убирать других может тот, кто создал чат, или администратор',
  'The account needs an administrator: make another user one first': 'Аккаунту нужен администратор: сначала назначьте другого',
  'The bot has no such version': 'У бота нет такой версии',
  'The bytes of this file are gone': 'Содержимое файла утрачено',
  'The channel was disconnected meanwhile': 'Канал тем временем отключили',
  'The conversation is just being moved to another card: try again': 'Беседу как раз переносят в другую карточку: повторите',
  'The demo account opens with one click only on the machine that runs it':
    'Демо-аккаунт открывается одним нажатием только на том компьютере, где запущен',
  'The pipeline has no stage for lost leads: add one': 'В воронке нет этапа для потерянных сделок: добавьте его',
  'The pipeline has no stage to accept leads into: add one': 'В воронке нет этапа, на который принимать сделки: добавьте его',
  'The run is not yours to see': 'Этот запуск вам не виден',
  'There is no such user any more': 'Такого сотрудника больше нет',
  'This bot is off: switch it on first': 'Бот выключен: сначала включите его',
  'This bot was never published: publish it first': 'Бот ещё не опубликован: сначала опубликуйте его',
  'This customer has no client to talk to: hang a conversation on the card first':
    'У покупателя нет клиента: сначала перенесите в карточку беседу',
  'This lead was accepted: close it by moving it to the last stage': 'Сделка уже принята: закройте её, переместив на последний этап',
  'This lead was declined: move it to a stage to take it up again': 'Сделка отклонена: чтобы вернуть её, переместите на этап',
  'This note is a colleague’s: write one of your own': 'Это заметка коллеги: напишите свою',
  'This person belongs to no account any more': 'Этот человек больше не состоит ни в одном аккаунте',
  'This program no longer knows this messenger': 'Программа больше не знает этого мессенджера',
  'This user cannot sign in and has no tokens': 'Этот сотрудник не может войти, и ключей у него нет',
  'Too many open pages: close some': 'Открыто слишком много страниц: закройте лишние',
  'Too many tries: wait {0} s': 'Слишком много попыток: подождите {0} с',
  'You belong to no such account': 'Вы не состоите в таком аккаунте',
  'You may only read cards: an administrator gives this right in Settings → Users':
    'Карточки вам доступны только для чтения: право даёт администратор в «Настройки → Сотрудники»',
  'You may only read: an administrator gives more rights in Settings → Users':
    'Вам доступно только чтение: права даёт администратор в «Настройки → Сотрудники»',
  'You may not {0}: an administrator gives this right in Settings → Users':
    'На это нет прав: их даёт администратор в «Настройки → Сотрудники»',
  '{0} is already connected in this installation: disconnect it there first':
    '{0} уже подключён в этой установке: сначала отключите его там',
  '{0} may have up to {1} MB': '{0}: не больше {1} МБ',
  'An account has {0} webhooks at most: delete one first': 'В аккаунте не больше {0} вебхуков: сначала удалите один',
  'You have {0} exports under way: wait for one, or cancel it': 'Готовится выгрузок: {0}. Дождитесь одной из них или отмените',
  '{0} is a user of this account already': '{0} уже сотрудник этого аккаунта',
  '{0} fields already have {1}': 'Поле с кодом {1} уже есть',
  'This file belongs to another version of the pages: reload': 'Страницы обновились: перезагрузите',

  'a custom period takes from and to, such as 2026-11-01 and 2026-11-22': 'укажите начало и конец периода',
  'a message needs a text, a file or a template': 'нужен текст, файл или шаблон',
  'a note needs a text or a file': 'нужен текст или файл',
  'a quick reply needs a text or a file': 'нужен текст или файл',
  'is taken: choose another one': 'занято: выберите другое',
  'must be a number': 'нужно число',
  'must be another contact than first': 'нужен другой контакт',
  'must be another contact than into': 'нужен другой контакт',
  'must be one of the options of the field': 'нужен один из вариантов поля',
  'must not be before from': 'конец раньше начала',
  'must be on the scale: {0} at most': 'должно быть на шкале: не больше {0}',
  'name a colleague, not yourself': 'выберите коллегу, а не себя',
  'takes one value': 'принимает одно значение',
  'the account has no main pipeline: name one': 'в аккаунте нет главной воронки: укажите её',
  'the account has no such channel, or it is not connected': 'такого канала нет, или он не подключён',
  'the account has no such field': 'такого поля нет',
  'the account has no such pipeline': 'такой воронки нет',
  'the account has no such stage': 'такого этапа нет',
  'the account has no such user': 'такого сотрудника нет',
  'the account has no such user: GET /api/users lists them': 'такого сотрудника нет',
  'the bot has no such version': 'такой версии нет',
  'the channel is disconnected: give its credentials again': 'канал отключён: введите ключи заново',
  'the contact has no chat in this channel: choose one of contact.chats': 'у контакта нет чата в этом канале',
  'the file is no UTF-8 text: export the bot again': 'файл не в UTF-8: выгрузите бота ещё раз',
  'there is no such active user': 'такого действующего сотрудника нет',
  'there is no such contact': 'такого контакта нет',
  'there is no such file: upload it with POST /api/files': 'такого файла нет: загрузите его ещё раз',
  'there is no such group: GET /api/groups lists them': 'такой группы нет',
  'there is no such stage: GET /api/customers/stages lists them': 'такого этапа нет',
  'there is no such stage: GET /api/pipelines lists them': 'такого этапа нет',
  'there is no such lead': 'такой сделки нет',
  'there is no such customer': 'такого покупателя нет',
  'there is no user {0} in this account': 'такого сотрудника нет',
  'this lead belongs to another client': 'эта сделка другого клиента',
  'this customer belongs to another client': 'это покупатель с другим клиентом',
  'this messenger has no polling: choose webhook': 'этот мессенджер не опрашивается: выберите вебхук',
  'this messenger has no templates: send text': 'в этом мессенджере нет шаблонов: отправьте текст',
  'this messenger does not say who of yours wrote in its own app, or is not connected yet':
    'мессенджер не сообщает, кто из ваших писал в его приложении, или ещё не подключён',
  'write something or attach a file': 'напишите что-нибудь или приложите файл',
  'write something, or delete the message': 'напишите что-нибудь или удалите сообщение',
  '{0} is in the list already': '{0} уже в списке',
  'a client may have up to {0} participants: remove one first': 'участников не больше {0}: сначала уберите одного',
  'a message may carry up to {0} files': 'файлов в сообщении не больше {0}',
  'a period has up to {0} days': 'период не длиннее {0} дней',
  'the account has no {0}': 'в аккаунте нет {0}',
  'no approved template "{0}" in "{1}": GET {2} lists them': 'нет одобренного шаблона «{0}» на языке «{1}»',
  'must be a published bot of type nps: import one, or give null for the one that is shipped': 'нужен опубликованный бот для оценок',
  'Too small: expected string to have >={0} characters': 'не короче {0} знаков',
  'Too big: expected string to have <={0} characters': 'не длиннее {0} знаков',
  'Too small: expected number to be >={0}': 'не меньше {0}',
  'Too big: expected number to be <={0}': 'не больше {0}',
  'Invalid email address': 'это не адрес почты',
  'Invalid URL': 'это не адрес',

  'A bot token looks like 123456:ABC-DEF…: copy it whole from @BotFather':
    'Ключ бота выглядит как 123456:ABC-DEF…: скопируйте его целиком у @BotFather',
  'A callback server made by hand needs a secret: set one in VK and give it here':
    'Для сервера, добавленного вручную, нужен секрет: задайте его во ВКонтакте и введите здесь',
  'A secret has 16 to 200 characters without spaces; leave it out and one is made':
    'Секрет — от 16 до 200 знаков без пробелов; оставьте пустым, и он будет создан',
  'A token has no spaces: copy it whole': 'В ключе нет пробелов: скопируйте его целиком',
  'A verify token has up to 200 characters without spaces; leave it out and one is made':
    'Проверочный ключ — до 200 знаков без пробелов; оставьте пустым, и он будет создан',
  'An access key has no spaces: copy it whole from Manage → API usage':
    'В ключе доступа нет пробелов: скопируйте его целиком из «Управление → Работа с API»',
  'Give the access key of the community: Manage → API usage → Access tokens':
    'Введите ключ доступа сообщества: «Управление → Работа с API → Ключи доступа»',
  'Give the address that takes the hooks, such as https://example.com/hooks/:scope_id':
    'Введите адрес для уведомлений, например https://example.com/hooks/:scope_id',
  'Give the app secret from App settings → Basic: what Meta delivers is proven by it':
    'Введите секрет приложения из App settings → Basic: им подписано то, что присылает Meta',
  'Give the bot token that @BotFather shows': 'Введите ключ бота, который показал @BotFather',
  'Give the name that stands over your messages': 'Введите имя, которое стоит над вашими сообщениями',
  'MAX does not know this token: copy it again from the page of the bot':
    'MAX не знает такого ключа: скопируйте его заново со страницы бота',
  'Receiving by webhook needs a public address: set PUBLIC_URL or choose polling':
    'Для вебхука нужен публичный адрес: задайте PUBLIC_URL или выберите опрос',
  'Settings are an object': 'Настройки записаны неверно',
  'Telegram does not know this token: copy it again from @BotFather': 'Telegram не знает такого ключа: скопируйте его заново у @BotFather',
  'The ID of the WhatsApp Business account has digits only': 'Номер аккаунта WhatsApp Business состоит только из цифр',
  'The colour is written as #rrggbb, for example #3563e9': 'Цвет записывается как #rrggbb, например #3563e9',
  'This is no key of a community: make one in Manage → API usage → Access tokens':
    'Это не ключ сообщества: создайте его в «Управление → Работа с API → Ключи доступа»',
  'Viber delivers by webhook only, which needs a public address: set PUBLIC_URL':
    'Viber присылает сообщения только вебхуком, а для него нужен публичный адрес: задайте PUBLIC_URL',
  'WhatsApp delivers by webhook only, which needs a public address: set PUBLIC_URL':
    'WhatsApp присылает сообщения только вебхуком, а для него нужен публичный адрес: задайте PUBLIC_URL',
  'WhatsApp reaches people by their phone: add it to the contact with its country code':
    'В WhatsApp пишут по телефону: добавьте его в контакт с кодом страны',
  'the integration reaches people by their phone: add it to the contact': 'Интеграция пишет по телефону: добавьте его в контакт',
  '"{0}" is no site address: write it as https://shop.example, without a path':
    '«{0}» — не адрес сайта: запишите как https://shop.example, без пути',
  'Meta does not accept this token ({0}): make another for the system user':
    'Meta не принимает этот ключ ({0}): создайте другой для системного пользователя',
  'Meta does not know this number ({0}): copy its ID again': 'Meta не знает такого номера ({0}): скопируйте его ID заново',
  'Telegram refuses the webhook address ({0}): correct PUBLIC_URL or choose polling':
    'Telegram не принимает адрес вебхука ({0}): исправьте PUBLIC_URL или выберите опрос',
  'This text may have up to {0} characters': 'Текст — не длиннее {0} знаков',
  'VK does not take this access key ({0}): make a new one in Manage → API usage':
    'ВКонтакте не принимает этот ключ ({0}): создайте новый в «Управление → Работа с API»',
  'VK refuses the webhook address ({0}): correct PUBLIC_URL or choose polling':
    'ВКонтакте не принимает адрес вебхука ({0}): исправьте PUBLIC_URL или выберите опрос',
  'VK takes a secret of up to {0} characters': 'ВКонтакте принимает секрет не длиннее {0} знаков',
  'Viber does not accept this token ({0}): copy it again from the admin panel':
    'Viber не принимает этот ключ ({0}): скопируйте его заново из панели',
  'Viber shows at most {0} characters of a name: give a shorter one': 'Viber показывает не больше {0} знаков имени: сократите его',
  'This is a private address, which this installation does not call: give a public one, or have BESEDA_ALLOW_PRIVATE_ADDRESSES set':
    'Это внутренний адрес, такие здесь не вызываются: укажите публичный или задайте BESEDA_ALLOW_PRIVATE_ADDRESSES',
  'MAX refuses the webhook address ({0}): PUBLIC_URL must be an https address with a certificate the world knows, or choose polling':
    'MAX не принимает адрес вебхука ({0}): в PUBLIC_URL нужен https-адрес с общеизвестным сертификатом, или выберите опрос',
  "Viber refuses the webhook address ({0}): PUBLIC_URL must be an https address that Viber's servers reach":
    'Viber не принимает адрес вебхука ({0}): в PUBLIC_URL нужен https-адрес, доступный серверам Viber',
  'VK knows nobody at "{0}": give the address of the person\'s page, such as vk.com/id1':
    'ВКонтакте никого не знает по адресу «{0}»: укажите адрес страницы, например vk.com/id1',
  'Receiving by webhook needs a public address: set PUBLIC_URL, give the confirmation code of a server made by hand, or choose polling':
    'Для вебхука нужен публичный адрес: задайте PUBLIC_URL, введите код подтверждения сервера, добавленного вручную, или выберите опрос',
  "The key belongs to another community than {0}: correct the number or give that community's key":
    'Ключ не от сообщества {0}: исправьте номер или введите ключ этого сообщества',
  'VK refuses to switch on Long Poll ({0}): give a key with the right to manage the community, or switch it on by hand':
    'ВКонтакте не включает Long Poll ({0}): введите ключ с правом управления сообществом или включите вручную',
  'VK could not confirm {0}: the address must be reachable from outside; correct PUBLIC_URL or choose polling':
    'ВКонтакте не подтвердил {0}: адрес должен быть доступен снаружи; исправьте PUBLIC_URL или выберите опрос',
  'The community has ten callback servers already: remove one in Manage → API usage → Callback API':
    'У сообщества уже десять серверов: удалите один в «Управление → Работа с API → Callback API»',
  'VK refuses to make a callback server ({0}): give a key with the right to manage the community, or make the server by hand and give its code':
    'ВКонтакте не создаёт сервер ({0}): введите ключ с правом управления сообществом или добавьте сервер вручную и введите его код',
  'Allowed sites are a list of at most {0} addresses such as https://shop.example':
    'Разрешённых сайтов не больше {0}, адреса вида https://shop.example',
  'Give the access token of a system user with the rights whatsapp_business_messaging and _management':
    'Введите ключ системного пользователя с правами whatsapp_business_messaging и _management',
  'Give the phone number ID (digits) that stands under WhatsApp → API Setup; it is not the number itself':
    'Введите ID номера телефона (цифры) из WhatsApp → API Setup: это не сам номер',
};
