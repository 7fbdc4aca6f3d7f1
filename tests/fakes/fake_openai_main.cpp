// SPDX-License-Identifier: GPL-3.0-or-later
#include "fake_openai.h"

#include <QCommandLineParser>
#include <QCoreApplication>

#include <cstdio>

int main(int argc, char **argv)
{
    QCoreApplication app(argc, argv);
    QCommandLineParser options;
    options.setApplicationDescription(QStringLiteral(
        "A scripted stand-in for an OpenAI-compatible server, for tests. No model is behind it."));
    options.addHelpOption();
    const QCommandLineOption port(QStringLiteral("port"), QStringLiteral("0: any free one."),
                                  QStringLiteral("port"), QStringLiteral("0"));
    options.addOption(port);
    options.process(app);

    loquat::fakes::FakeOpenAi server;
    if (!server.listen(options.value(port).toUShort())) {
        std::fputs("fake_openai: cannot listen on that port\n", stderr);
        return 1;
    }
    std::printf("fake_openai is a stand-in for tests, not a model\nlistening on %s\n",
                qPrintable(server.url()));
    std::fflush(stdout);
    return QCoreApplication::exec();
}
