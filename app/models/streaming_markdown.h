// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/markdown.h"

#include <QAbstractListModel>
#include <qqmlregistration.h>

namespace loquat {

/// A Markdown text that is still being written, as a list of its top-level blocks. Finished blocks never
/// change again; only the last row does, so a token costs no more than the block it falls in.
///
/// The text is taken line by line, so the blocks are the same however the stream was cut.
class StreamingMarkdown : public QAbstractListModel
{
    Q_OBJECT
    QML_ANONYMOUS

public:
    enum Role { TextRole = Qt::UserRole + 1, CodeRole, LanguageRole };

    explicit StreamingMarkdown(QObject *parent = nullptr);

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QHash<int, QByteArray> roleNames() const override;

    void append(QStringView text);
    void finish();
    /// Takes `text` as the whole and final text; rows that are right already stay as they are.
    void finishAs(const QString &text);

    [[nodiscard]] QString source() const { return m_source; }
    [[nodiscard]] qsizetype committedCount() const { return m_committed; }

private:
    void takeLine(const QByteArray &line);
    void showTail();
    void commit(qsizetype bytes);
    void put(qsizetype row, const markdown::Block &block);

    QString m_source;
    QByteArray m_block; ///< whole lines of the block that is open
    QString m_partial;  ///< the line that is being written
    bool m_insideFence = false;
    bool m_finished = false;
    QList<markdown::Block> m_rows;
    qsizetype m_committed = 0; ///< rows that never change again; at most one follows
};

} // namespace loquat
