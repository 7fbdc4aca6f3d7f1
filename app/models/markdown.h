// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QList>
#include <QString>

namespace loquat::markdown {

/// A top-level block of a Markdown text, ready to show.
struct Block
{
    bool code = false; ///< a code block: `text` is the code itself; otherwise `text` is safe HTML
    QString text;
    QString language;

    bool operator==(const Block &) const = default;
};

/// Where (in bytes) the last top-level block of `source` starts: everything before it is finished, whatever
/// follows. 0 when there is only one block. `source` holds whole lines.
struct Boundary
{
    qsizetype lastBlock = 0;
    bool insideFence = false; ///< the last block is fenced code
    bool endsAtBlank = false; ///< a line with nothing in it ends the last block, whatever follows
};
Boundary lastBoundary(const QByteArray &source);

/// Renders all of `source` into one block. Raw HTML is shown as text, an image becomes a link with its
/// description (Qt's rich text would fetch it), and links lead to http, https and mailto only.
Block render(const QByteArray &source);

} // namespace loquat::markdown
