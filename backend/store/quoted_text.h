// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace loquat {

/// Appends `text` between quotes. A quote in it gets `escape` before it, a backslash another one. In one
/// piece up to whatever has to be escaped: these texts are megabytes long.
inline void appendQuoted(QString &to, QStringView text, QChar quote, QChar escape)
{
    to += quote;
    qsizetype from = 0;
    for (qsizetype i = 0; i < text.size(); ++i) {
        if (text[i] != quote && text[i] != u'\\')
            continue;
        to += text.sliced(from, i - from);
        to += text[i] == quote ? escape : QChar(u'\\');
        from = i;
    }
    to += text.sliced(from);
    to += quote;
}

} // namespace loquat
