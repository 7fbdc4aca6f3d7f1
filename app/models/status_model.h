// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/session_snapshot.h"

#include <QObject>
#include <qqmlregistration.h>

namespace loquat {

/// The status bar in words: where clients connect, how much is live, how fast, and how model and store are.
/// Of a backend that is away, nothing of that is known.
class StatusModel : public QObject
{
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("Owned by ConsoleModel")
    Q_PROPERTY(bool listening READ listening NOTIFY changed)
    Q_PROPERTY(QString address READ address NOTIFY changed)
    Q_PROPERTY(QString trouble READ trouble NOTIFY changed)
    Q_PROPERTY(QString demoUrl READ demoUrl NOTIFY changed)
    Q_PROPERTY(QString tryCommand READ tryCommand NOTIFY changed)
    Q_PROPERTY(QString metricsUrl READ metricsUrl NOTIFY changed)
    Q_PROPERTY(QString sessions READ sessions NOTIFY changed)
    Q_PROPERTY(QString notice READ notice NOTIFY changed)
    Q_PROPERTY(QString rate READ rate NOTIFY changed)
    Q_PROPERTY(QString firstToken READ firstToken NOTIFY changed)
    Q_PROPERTY(QString modelName READ modelName NOTIFY changed)
    Q_PROPERTY(QString modelWord READ modelWord NOTIFY changed)
    Q_PROPERTY(QString modelKind READ modelKind NOTIFY changed)
    Q_PROPERTY(QString modelDetail READ modelDetail NOTIFY changed)
    Q_PROPERTY(QString storeName READ storeName NOTIFY changed)
    Q_PROPERTY(QString storeWord READ storeWord NOTIFY changed)
    Q_PROPERTY(QString storeKind READ storeKind NOTIFY changed)
    Q_PROPERTY(QString storeDetail READ storeDetail NOTIFY changed)
    Q_PROPERTY(QString queued READ queued NOTIFY changed)

public:
    using QObject::QObject;

    void show(const BackendStatus &status);
    /// How many sessions of the list are open, as SessionListModel::openCount() counts: those of all nodes.
    void showOpen(int sessions);

    [[nodiscard]] bool listening() const { return !m_status.address.isEmpty(); }
    [[nodiscard]] QString address() const;
    [[nodiscard]] QString trouble() const { return m_status.trouble; } ///< with a backend elsewhere
    [[nodiscard]] QString demoUrl() const;                             ///< the browser client
    [[nodiscard]] QString tryCommand() const; ///< what to type to get a first session
    [[nodiscard]] QString metricsUrl() const;
    [[nodiscard]] QString sessions() const;
    [[nodiscard]] QString notice() const { return m_status.notice; } ///< why the list is not all there is
    [[nodiscard]] QString rate() const;
    [[nodiscard]] QString firstToken() const;
    [[nodiscard]] QString modelName() const { return m_status.model; }
    [[nodiscard]] QString modelWord() const;
    [[nodiscard]] QString modelKind() const;
    [[nodiscard]] QString modelDetail() const;
    [[nodiscard]] QString storeName() const;
    [[nodiscard]] QString storeWord() const;
    [[nodiscard]] QString storeKind() const;
    [[nodiscard]] QString storeDetail() const { return m_status.storeDetail; }
    [[nodiscard]] QString queued() const;

Q_SIGNALS:
    void changed();

private:
    [[nodiscard]] bool isAway() const { return !m_status.trouble.isEmpty(); }
    [[nodiscard]] QString http(const QString &path) const;
    [[nodiscard]] QString place() const;

    BackendStatus m_status;
    bool m_elsewhere = false; ///< the backend is not this computer's
    int m_open = 0;
};

} // namespace loquat
