// Words from the lists of leaked passwords that are published every year. A short one counts with whatever
// digits and exclamation marks follow it; a long one, as it is and with those.
const SHORT = `
  abc access admin administrator amanda andrew angel anthony apple asdf asdfgh asdfghjk asdfghjkl ashley baseball
  basketball batman blink buster butterfly changeit changeme charlie cheese chocolate coffee computer cookie corvette
  dallas daniel default demo diamond donald dragon dubsmash eminem enter facebook family ferrari flower football
  freedom friends fuckyou gateway ginger google guest hannah harley hello hockey hunter iloveyou internet jennifer
  jessica jordan joshua justin killer letmein liverpool login london love loveme lovely maggie manager master matrix
  matthew maverick mercedes merlin michael michelle monkey mustang mynoob naruto nicole ninja nothing oracle orange
  pass passw0rd password passwort patrick pepper phoenix pokemon porsche princess purple q1w2e3r4 q1w2e3r4t5 qazwsx
  qwer qwert qwerty qwertyui qwertyuiop ranger robert root samantha samsung secret september shadow soccer spiderman
  starwars summer sunshine superman superuser taylor temp tennis test tester testing thomas thunder tigger trustno
  user vault victoria welcome whatever william winter yankees zaq12wsx zxcvbn zxcvbnm`;

const LONG = `
  1qaz2wsx3edc 1q2w3e4r5t6y 1q2w3e4r5t6y7u zaq12wsxcde3 qazwsxedcrfv qwerty123456 qwertyqwerty qwer1234asdf
  asdf1234qwer zxcvbnmasdfg password1234 password12345 passwordpass passwordadmin adminpassword adminadmin
  administrator mypassword mypassword1 mypassword123 yourpassword thepassword newpassword newpassword1 oldpassword
  userpassword rootpassword testpassword temppassword defaultpassword secretpassword supersecret supersecretpassword
  topsecretpassword verysecret verysecretpassword masterpassword strongpassword securepassword goodpassword
  longpassword simplepassword easypassword password-123 password_123 passw0rd1234 passw0rdpassw0rd p@ssw0rd p@ssword
  p@ssw0rd1234 p@$$w0rd p455w0rd pa$$w0rd pa55w0rd pa55word passphrase mypassphrase changeme1234 changemechangeme
  changemenow changemeplease pleasechange pleasechangeme letmeinnow letmeinplease letmein123456 welcomewelcome
  welcome-123 welcometo welcomehome welcomeback iloveyou1234 iloveyouforever iloveyousomuch iloveyoubaby ilovejesus
  ilovemyself iloveyoumore jesuschrist jesuslovesme jesusislord godisgood christopher manchester manchesterunited
  chelseafc arsenalfc barcelona realmadrid juventus1897 liverpoolfc steelers pittsburgh philadelphia sanfrancisco
  california newengland washington starwars1234 startrek harrypotter lordoftherings spongebob supermanbatman
  abcdefghijkl abcd1234abcd abc123abc123 abcabcabcabc abc123456789 abcdef123456 a1b2c3d4e5f6 aa123456789 a123456789
  123456789abc 123456abcdef 123456qwerty 1234qwerasdf 1234567890ab 12345678910 123456789101112 123123123123
  112233445566 111222333444 121212121212 101010101010 123321123321 123454321 987654321 0987654321 147258369
  147258369147 741852963 159753159753 135792468 13579246810 102030405060 qwertyuiopas qwertyuiop12 qwertyuiop[]
  asdfghjkl;' asdfasdfasdf qweqweqweqwe qweasdzxc qweasdzxc123 asdzxcqwe123 zxcvbnm,./ qazwsx123456 q1w2e3r4t5y6
  correcthorsebatterystaple correct-horse-battery-staple thisismypassword thisisapassword thisisasecret
  thisispassword iamtheadmin opensesame abracadabra trustnoone trustno1trustno1 whatisthis idontknow dontknow
  donotforget forgetmenot forgotpassword nopassword blankpassword helloworld hello-world helloworld123 hellohello
  goodmorning goodluck1234 sunshine1234 princess1234 football1234 baseball1234 basketball1 dragonball dragonballz
  monkey123456 michaeljordan michaeljackson administrator1 superadmin superuser1234 sysadmin sysadmin1234 localadmin
  adminadmin123 admin123456 admin12345678 admin@123456 root12345678 guestguest testtesttest test1234test
  testing12345 tester123456 user12345678 demo12345678 coffercoffer coffer123456 secretsecret secret123456`;

const words = (text: string) => new Set(text.trim().split(/\s+/));
const SHORT_ONES = words(SHORT);
const LONG_ONES = words(LONG);

/** What fingers walk along: a password that is a piece of one of these is no choice at all. */
const RUNS = [
  "012345678901234567890123456789",
  "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz",
  "qwertyuiopasdfghjklzxcvbnm",
  "qwertzuiopasdfghjklyxcvbnm",
  "azertyuiopqsdfghjklmwxcvbn",
  "1qaz2wsx3edc4rfv5tgb6yhn7ujm",
  "1q2w3e4r5t6y7u8i9o0p",
].flatMap((run) => [run, Array.from(run).reverse().join("")]);

/** Whether `password` is one of the first that somebody would try. Case does not matter. */
export function isCommonPassword(password: string): boolean {
  const folded = password.normalize("NFKC").toLowerCase();
  const stem = withoutTail(folded);
  const unit = repeatedUnit(folded);
  return (
    LONG_ONES.has(folded) ||
    LONG_ONES.has(stem) ||
    SHORT_ONES.has(stem) ||
    RUNS.some((run) => run.includes(folded)) ||
    (unit !== null &&
      (unit.length <= 4 || SHORT_ONES.has(unit) || SHORT_ONES.has(withoutTail(unit))))
  );
}

/** `text` without the digits and exclamation marks at its end. */
function withoutTail(text: string): string {
  let end = text.length;
  while (end > 0 && "0123456789!".includes(text.charAt(end - 1))) end--;
  return text.slice(0, end);
}

/** The shortest text that `text` is a repetition of, or null. A last one that is cut short counts. */
function repeatedUnit(text: string): string | null {
  for (let length = 1; length <= text.length / 2; length++) {
    const unit = text.slice(0, length);
    if (unit.repeat(Math.ceil(text.length / length)).startsWith(text)) return unit;
  }
  return null;
}
