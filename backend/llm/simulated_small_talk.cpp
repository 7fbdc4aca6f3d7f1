// SPDX-License-Identifier: GPL-3.0-or-later
#include "llm/simulated_small_talk.h"

#include <QRegularExpression>

#include <algorithm>

namespace loquat::simulated {
namespace {

using namespace Qt::StringLiterals;
using Pattern = QRegularExpression;

constexpr auto anyCase = Pattern::CaseInsensitiveOption;

const QString webSockets = uR"(A **WebSocket** is a phone call between a browser and a server.

With plain HTTP the browser sends a letter and waits for one letter back. With a WebSocket both sides pick up the phone once, and then either may speak at any time:

1. The browser asks to *upgrade* an HTTP connection.
2. The server agrees, and the connection stays open.
3. Both send small messages until one hangs up.

```js
const socket = new WebSocket("ws://localhost:8000/ws/session/demo");
socket.onmessage = (event) => console.log(event.data);
socket.onopen = () => socket.send("Hello!");
```

That is why it suits chats, games and live prices: nobody has to keep asking whether there is news.)"_s;

const QString whatToTry =
    uR"(I am Loquat's **simulated model**: no language model is behind me, so I can only answer what I was built for. You can try:

- `Hello, explain WebSockets simply`
- `What is my balance? user_id=user-1`
- `Check order status for order_id=ORD-1001`
- `How much to ship 5kg to the US?`
- `How's the weather in Delhi?`
- `My name is Asha`, then `What is my name?`
- `What is 10 + 2?`

For real answers, set `OPENAI_API_KEY` (or another provider's key) and start again.)"_s;

/// The name in "my name is Asha" or "I'm Asha"; a small letter after "I'm" is a mood, not a name.
QString introduction(const QString &said)
{
    static const Pattern named(u"\\bmy name is\\s+([\\p{L}][\\p{L}'-]*)"_s, anyCase);
    static const Pattern being(u"\\b[Ii](?:['’]m| am)\\s+(\\p{Lu}[\\p{L}'-]*)"_s);
    const auto match = named.match(said);
    return match.hasMatch() ? match.captured(1) : being.match(said).captured(1);
}

QString nameOfUser(const QList<ChatMessage> &messages)
{
    for (auto message = messages.rbegin(); message != messages.rend(); ++message)
        if (message->role == Role::User)
            if (const QString name = introduction(message->content); !name.isEmpty())
                return name;
    return {};
}

QString number(double value)
{
    return QString::number(value, 'g', 12);
}

/// "What is 10 + 2?", or nothing if `said` is no sum.
QString arithmetic(const QString &said)
{
    static const Pattern sum(
        u"(?:^|what(?:['’]s| is)|calculate|compute|how much is)\\s*"
        "(-?\\d+(?:\\.\\d+)?)\\s*([-+*/x×÷−])\\s*(-?\\d+(?:\\.\\d+)?)\\s*=?\\s*[?.!]?\\s*$"_s,
        anyCase);
    const auto match = sum.match(said);
    if (!match.hasMatch())
        return {};
    const double left = match.captured(1).toDouble();
    const double right = match.captured(3).toDouble();
    const QChar sign = match.captured(2).at(0).toLower();
    const bool divides = sign == u'/' || sign == u'÷';
    if (divides && right == 0)
        return u"Nothing can be divided by zero."_s;
    const double result = sign == u'+'                   ? left + right
                          : sign == u'-' || sign == u'−' ? left - right
                          : divides                      ? left / right
                                                         : left * right;
    return u"%1 %2 %3 = **%4**"_s.arg(number(left), QString(sign), number(right), number(result));
}

QString greeting(const QString &name)
{
    return (name.isEmpty() ? u"Hello!"_s : u"Hello **%1**!"_s.arg(name)) +
           u" I am the *simulated* model of Loquat. How can I help you today?"_s;
}

} // namespace

QString smallTalk(const QList<ChatMessage> &messages)
{
    static const Pattern asksName(u"\\bwhat(?:['’]s| is) my name\\b|\\bwho am i\\b"_s, anyCase);
    static const Pattern greets(u"^\\s*(?:hi|hello|hey|good (?:morning|afternoon|evening)|namaste)\\b"_s,
                                anyCase);
    static const Pattern thanks(u"\\b(?:thanks|thank you)\\b"_s, anyCase);

    const auto last = std::find_if(messages.rbegin(), messages.rend(),
                                   [](const ChatMessage &message) { return message.role == Role::User; });
    if (last == messages.rend())
        return greeting({});
    const QString &said = last->content;
    if (asksName.match(said).hasMatch()) {
        const QString name = nameOfUser(messages);
        return name.isEmpty() ? u"You have not told me your name yet."_s
                              : u"Your name is **%1**."_s.arg(name);
    }
    if (said.contains("websocket"_L1, Qt::CaseInsensitive))
        return webSockets;
    if (const QString sum = arithmetic(said); !sum.isEmpty())
        return sum;
    if (const QString name = introduction(said); !name.isEmpty())
        return greeting(name);
    if (greets.match(said).hasMatch())
        return greeting(nameOfUser(messages));
    if (thanks.match(said).hasMatch())
        return u"You are welcome!"_s;
    return whatToTry;
}

} // namespace loquat::simulated
