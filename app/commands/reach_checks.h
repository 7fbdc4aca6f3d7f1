// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "commands/finding.h"
#include "config.h"
#include "domain/fleet_node.h"
#include "options.h"

#include <QNetworkAccessManager>
#include <QNetworkRequest>

#include <functional>

class QNetworkReply;

namespace loquat {

/// Asks what is reached over HTTP: the models' providers for their list of models, with their key; MCP
/// servers, Supabase's REST API and the other nodes for a sign of life. Hosts that nobody configured (a
/// provider's own) are asked only if `online`. All at once, each for at most ten seconds.
class ReachChecks final : public QObject
{
    Q_OBJECT

public:
    using Done = std::function<void(QList<Finding>)>;

    ReachChecks(const Options &options, const Config &config, const QList<FleetNode> &nodes, bool online);
    /// `done` is called once, never from within; in the order in which things were configured.
    void start(Done done);

private:
    struct Question
    {
        QString name;
        QNetworkRequest request;
        bool signOfLife = false; ///< any answer will do
        QString urlSetting;
        QString keySetting; ///< what holds the key, if the answer depends on it
    };

    void addProvider(const ProviderOptions &provider, const Options &options, bool online);
    void add(Question question, const Finding &answered = {});
    void answered(qsizetype index, QNetworkReply *reply);
    static Finding finding(const Question &question, const QNetworkReply &reply);

    QNetworkAccessManager m_network;
    QList<Question> m_questions; ///< those without a URL are answered already
    QList<Finding> m_findings;
    qsizetype m_open = 0;
    Done m_done;
};

} // namespace loquat
