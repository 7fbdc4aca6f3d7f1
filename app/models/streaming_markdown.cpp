// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/streaming_markdown.h"

#include <QQmlEngine>

#include <algorithm>

namespace loquat {
namespace {

using namespace Qt::StringLiterals;

/// A line of nothing but marks may yet become a heading, a list, a rule or text: showing it would make the
/// line above jump between two looks.
bool undecided(const QString &line)
{
    return std::ranges::all_of(
        line, [](QChar c) { return c.isSpace() || c.isDigit() || u"-=*+#>`~|._:"_s.contains(c); });
}

/// The line that is being written, with what it has opened closed: bold is bold from its first letter on,
/// instead of showing its stars until the last. For showing only; the text itself is never touched.
QString closedForNow(QString line)
{
    const auto settle = [&line](const QString &mark) {
        if (line.count(mark) % 2 == 0)
            return false;
        if (line.endsWith(mark))
            line.chop(mark.size());
        else
            line += mark;
        return true;
    };
    if (settle(u"`"_s))
        return line;
    if (line.endsWith(u'*') && !line.endsWith(u"**"_s) && line.count(u"**"_s) % 2 == 1)
        line.chop(1); // half of the mark that closes
    settle(u"**"_s);
    return line;
}

} // namespace

StreamingMarkdown::StreamingMarkdown(QObject *parent)
    : QAbstractListModel(parent)
{
    // QML sees it through a role; it lives as long as its entry of the transcript.
    QQmlEngine::setObjectOwnership(this, QQmlEngine::CppOwnership);
}

int StreamingMarkdown::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_rows.size());
}

QVariant StreamingMarkdown::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const markdown::Block &block = m_rows[index.row()];
    switch (role) {
    case Qt::DisplayRole:
    case TextRole:
        return block.text;
    case CodeRole:
        return block.code;
    case LanguageRole:
        return block.language;
    default:
        return {};
    }
}

QHash<int, QByteArray> StreamingMarkdown::roleNames() const
{
    return {{TextRole, "blockText"}, {CodeRole, "blockIsCode"}, {LanguageRole, "blockLanguage"}};
}

void StreamingMarkdown::append(QStringView text)
{
    if (m_finished || text.isEmpty())
        return;
    m_source += text;
    m_partial += text;
    for (qsizetype end = m_partial.indexOf(u'\n'); end >= 0; end = m_partial.indexOf(u'\n')) {
        takeLine(QStringView(m_partial).first(end + 1).toUtf8());
        m_partial.remove(0, end + 1);
    }
    showTail();
}

void StreamingMarkdown::finish()
{
    if (m_finished)
        return;
    if (!m_partial.isEmpty())
        takeLine(std::exchange(m_partial, {}).toUtf8() + '\n');
    m_finished = true;
    showTail();
    m_committed = m_rows.size();
}

void StreamingMarkdown::finishAs(const QString &text)
{
    if (text == m_source)
        return finish();
    if (text.startsWith(m_source)) {
        append(QStringView(text).mid(m_source.size()));
        return finish();
    }
    // What was stored differs from what was streamed: the stored text is the truth.
    StreamingMarkdown whole;
    whole.append(text);
    whole.finish();
    for (qsizetype row = 0; row < whole.m_rows.size(); ++row)
        put(row, whole.m_rows[row]);
    if (m_rows.size() > whole.m_rows.size()) {
        beginRemoveRows({}, int(whole.m_rows.size()), int(m_rows.size()) - 1);
        m_rows.resize(whole.m_rows.size());
        endRemoveRows();
    }
    m_source = text;
    m_block.clear();
    m_partial.clear();
    m_committed = m_rows.size();
    m_finished = true;
}

void StreamingMarkdown::takeLine(const QByteArray &line)
{
    m_block += line;
    // Inside a fence only another fence can end the block: long code is not parsed anew for every line.
    const QByteArray trimmed = line.trimmed();
    if (m_insideFence && !trimmed.startsWith("```") && !trimmed.startsWith("~~~"))
        return;
    const markdown::Boundary boundary = markdown::lastBoundary(m_block);
    const bool closesFence = std::exchange(m_insideFence, boundary.insideFence) && !boundary.insideFence;
    if (boundary.lastBlock > 0)
        commit(boundary.lastBlock);
    // Where nothing that follows can change it there is no need to wait for the next block, which would be
    // shown as part of this one meanwhile.
    if (closesFence || (trimmed.isEmpty() && boundary.endsAtBlank))
        commit(m_block.size());
}

void StreamingMarkdown::commit(qsizetype bytes)
{
    put(m_committed, markdown::render(m_block.first(bytes)));
    ++m_committed;
    m_block.remove(0, bytes);
}

void StreamingMarkdown::showTail()
{
    const bool hold = !m_finished && undecided(m_partial);
    const QString shown = m_finished || m_insideFence ? m_partial : closedForNow(m_partial);
    const QByteArray tail = hold ? m_block : m_block + shown.toUtf8();
    if (tail.trimmed().isEmpty())
        return;
    put(m_committed, markdown::render(tail));
}

void StreamingMarkdown::put(qsizetype row, const markdown::Block &block)
{
    if (row == m_rows.size()) {
        beginInsertRows({}, int(row), int(row));
        m_rows.append(block);
        endInsertRows();
    } else if (m_rows[row] != block) {
        m_rows[row] = block;
        Q_EMIT dataChanged(index(int(row)), index(int(row)));
    }
}

} // namespace loquat
