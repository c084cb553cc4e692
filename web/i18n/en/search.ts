export const search = {
  'search.label': 'Search messages, contacts and leads',
  'search.placeholder': 'Search',
  'search.clear': 'Clear the search',
  'search.where': 'Where to search',
  'search.in.messages': 'Messages',
  'search.in.contacts': 'Contacts',
  'search.in.leads': 'Leads',
  'search.relevance': 'Best match',
  'search.conversation': 'Conversation #{{number}}',
  'search.none': 'Nothing found',
  'search.noneHint': 'Try another word, a phone or the number of a conversation.',
  'search.inMessages': 'Search messages for “{{words}}”',
};
