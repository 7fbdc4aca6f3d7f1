// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/export_model.h"
#include "models/history_model.h"
#include "models/inspector_model.h"
#include "models/transcript_model.h"

namespace loquat {

/// The History page: what was found, and the stored conversation that is read.
class HistoryPageModel : public QObject
{
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("Owned by ConsoleModel")
    Q_PROPERTY(loquat::HistoryModel *found READ found CONSTANT)
    Q_PROPERTY(loquat::TranscriptModel *transcript READ transcript CONSTANT)
    Q_PROPERTY(loquat::InspectorModel *inspector READ inspector CONSTANT)
    Q_PROPERTY(loquat::ExportModel *saving READ saving CONSTANT)
    Q_PROPERTY(QString selectedId READ selectedId NOTIFY selectionChanged)
    Q_PROPERTY(int selectedRow READ selectedRow NOTIFY selectedRowChanged)
    Q_PROPERTY(QString title READ title NOTIFY selectionChanged)
    Q_PROPERTY(QString subtitle READ subtitle NOTIFY selectionChanged)
    Q_PROPERTY(bool live READ isLive NOTIFY selectionChanged)
    Q_PROPERTY(bool loading READ isLoading NOTIFY loadChanged)
    Q_PROPERTY(QString loadError READ loadError NOTIFY loadChanged)

public:
    /// `link` and `clock` outlive it.
    HistoryPageModel(ConsoleLink &link, Clock &clock, QObject *parent = nullptr);

    [[nodiscard]] HistoryModel *found() { return &m_found; }
    [[nodiscard]] TranscriptModel *transcript() { return &m_transcript; }
    [[nodiscard]] InspectorModel *inspector() { return &m_inspector; }
    [[nodiscard]] ExportModel *saving() { return &m_saving; }
    [[nodiscard]] QString selectedId() const { return m_row.sessionId; }
    [[nodiscard]] int selectedRow() const { return m_found.rowOf(m_row.sessionId); }
    [[nodiscard]] QString title() const { return m_row.userId; }
    [[nodiscard]] QString subtitle() const;
    [[nodiscard]] bool isLive() const
    {
        return m_row.status == QLatin1String("active");
    } ///< when it was found
    [[nodiscard]] bool isLoading() const { return m_loading; }
    [[nodiscard]] QString loadError() const { return m_loadError; }

    /// One of found(); empty: none.
    Q_INVOKABLE void select(const QString &sessionId);
    Q_INVOKABLE void selectNeighbour(int step);
    Q_INVOKABLE void reload();

Q_SIGNALS:
    void selectionChanged();
    void selectedRowChanged();
    void loadChanged();

private:
    void loaded(const Expected<QList<Event>> &events);

    ConsoleLink &m_link;
    HistoryModel m_found;
    TranscriptModel m_transcript;
    InspectorModel m_inspector;
    ExportModel m_saving;
    SessionRow m_row;
    bool m_loading = false;
    QString m_loadError;
    quint64 m_serial = 0;
};

} // namespace loquat
