// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/event.h"

#include <QStringList>

namespace loquat {

/// A session's summary in words for a person. What the model did not tell is empty.
struct SummaryFacts
{
    QString text;
    QString title;
    QString intent;
    QString outcome;     ///< "resolved", "handed to a person", …
    QString outcomeKind; ///< picks its colour, as SessionState::kind
    QString language;    ///< "English", "Portuguese (Brazil)"
    QStringList openPoints;
    bool byModel = false;
};

/// Of a summary event.
SummaryFacts summaryFacts(const Event &event);

/// "resolved · English", or that no model wrote it.
QString summaryDetail(const SummaryFacts &facts);
/// The whole card: title, text and open points; as Markdown, where only the text may bring marks of its own.
QString summaryMarkdown(const SummaryFacts &facts);
/// The same to be copied.
QString summaryPlain(const SummaryFacts &facts);

} // namespace loquat
