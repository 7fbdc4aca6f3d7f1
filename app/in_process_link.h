// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console_link.h"

#include <QTimer>

namespace loquat {

class Backend;

/// The console's link to the backend in the same process: takes the live feed once a frame while there is
/// something.
class InProcessLink final : public ConsoleLink
{
    Q_OBJECT

public:
    /// `backend` outlives the link.
    explicit InProcessLink(Backend &backend);
    ~InProcessLink() override;

    void command(const QString &sessionId, const Command &command, Done done) override;
    void loadEvents(const QString &sessionId, Loaded loaded) override;
    void watch(const QString &sessionId) override;
    void findSessions(const SessionQuery &query, Found found) override;
    void exportSession(const QString &sessionId, const QString &format, Exported exported) override;
    [[nodiscard]] BackendStatus status() const override;

private:
    void takeBatch();

    static constexpr std::chrono::milliseconds frame{16};
    static constexpr std::chrono::milliseconds statusInterval{1'000};

    Backend &m_backend;
    QTimer m_frame;
    QTimer m_status;
};

} // namespace loquat
