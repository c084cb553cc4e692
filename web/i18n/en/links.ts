export const links = {
  'links.toggleOn': 'Links go out short and clicks are seen. Press to send them as they are',
  'links.toggleOff': 'Links go out as they are: no clicks are seen, the client is not known on the site',
  'links.title': 'Links and pixel',
  'links.what': 'Links in messages are replaced by short ones that tell who followed them. The card always shows the original.',
  'links.on':
    'While off, clicks are not seen, bots do not start by them, and the pixel does not know the client. Links already sent keep working.',
  'links.off': 'Off: clicks are not seen, bots do not start by them, the pixel does not know the client.',
  'links.noAddress': 'Links are not shortened: the installation has no address outsiders reach (PUBLIC_URL), and no domain is given here.',
  'links.domain': 'Your own domain for links',
  'links.domainHint': 'It has to lead to this server. Empty: the installation’s address.',
  'links.sites': 'Sites with the pixel',
  'links.sitesHint': 'One a line. From other sites the pixel takes nothing.',
  'links.save': 'Save',
  'links.saved': 'Saved',
  'links.pixel': 'The pixel’s code',
  'links.pixelHint':
    'Put it into the pages of your site. It does nothing until the visitor agreed: call beseda.consent(true) or add data-consent="given". It sends addresses of pages without their parameters, and phone and e-mail of forms that were sent.',
  'links.visits': 'On the site',
  'links.followed': 'Links followed',
};
