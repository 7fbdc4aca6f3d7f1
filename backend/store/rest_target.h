// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "store/migrator.h"
#include "store/rest_channel.h"

#include <QJsonArray>

#include <functional>
#include <optional>

namespace loquat {

/// A Supabase project by its REST API. Unlike Postgres itself it cannot create its tables: connect() tells
/// which files of sql/postgres are to be run there. A batch is several requests, sessions before events; what
/// came through of a batch that failed is found there when it is shipped again. An event whose number another
/// one has, as of a journal that began anew, goes behind the session's newest, see late_events.h;
/// supabase_seq_taken: somebody else wrote there at that moment.
class RestTarget final : public ReplicaTarget
{
public:
    explicit RestTarget(RestSettings settings);

    [[nodiscard]] QString place() const override;
    Expected<void> connect() override;
    Expected<void> ship(const ReplicaBatch &batch) override;
    Expected<bool> isNew() override;
    Expected<void> check() override;
    void disconnect() override;
    void interrupt() override;

private:
    using Store = RestRequest (*)(const QList<QByteArray> &);
    /// Told of each portion: where in the rows it is, and the answer.
    using Stored = std::function<Expected<void>(qsizetype at, qsizetype count, const RestAnswer &answer)>;
    Expected<void> storeAll(Store request, const QList<QByteArray> &rows, const Stored &stored = {});
    Expected<void> storeBehind(const QList<EventRow> &refused);
    Expected<QList<EventRow>> unknown(QList<EventRow> events);
    Expected<QJsonArray> ask(const RestRequest &request);
    Expected<QJsonArray> rowsIn(const RestAnswer &answer) const;
    Expected<int> version();
    std::optional<Error> othersTables();
    Error errorOf(const RestAnswer &answer) const;

    /// Well below what nginx takes untold (1 MiB). A gateway that takes less says so, and gets less.
    static constexpr qsizetype usualRequestBytes = 512 * 1024;

    const RestSettings m_settings;
    Expected<QList<Migration>> m_migrations;
    RestChannel m_channel;
    qsizetype m_requestBytes = usualRequestBytes;
};

/// "Run sql/postgres/0001_….sql, then … in Supabase's SQL editor …" for those after `version`.
QString filesToRun(const QList<Migration> &migrations, int version, const QString &schema);

} // namespace loquat
