// SPDX-License-Identifier: GPL-3.0-or-later
#include "console_run.h"

#include "console/console_window.h"
#include "demo_traffic.h"
#include "in_process_link.h"
#include "operator_link.h"
#include "service.h"

#include <QGuiApplication>
#include <QTimer>

#include <cstdio>

namespace loquat {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

/// Takes the picture for --screenshot: opens the newest session and waits until some replies stream, or a
/// while has passed. Of the demo it says something to the assistant, as an operator would; of nothing else.
class Photographer final : public QObject
{
public:
    Photographer(ConsoleWindow &window, ConsoleLink &link, QString path, bool demo)
        : m_window(window)
        , m_link(link)
        , m_path(std::move(path))
        , m_demo(demo)
    {
        connect(&m_poll, &QTimer::timeout, this, &Photographer::look);
        m_poll.start(interval);
    }

private:
    void look()
    {
        m_waited += interval;
        ConsoleModel &model = m_window.model();
        if (m_waited == setUp) {
            model.selectNeighbour(1);
            if (m_demo)
                m_link.command(model.selectedId(),
                               {CommandKind::Whisper,
                                u"Mention that express shipping is free this week."_s,
                                {},
                                u"you"_s},
                               [](const Expected<void> &) {});
        }
        const bool lively = m_waited > 3 * setUp && m_link.status().streamingSessions >= 3 &&
                            model.stateWord() == "streaming"_L1;
        if (!lively && m_waited < (m_demo ? longest : 3 * setUp))
            return;
        m_poll.stop();
        const auto saved = m_window.grabTo(m_path);
        if (!saved)
            std::fprintf(stderr, "loquat: %s\n", qUtf8Printable(saved.error().message));
        QCoreApplication::exit(saved ? 0 : 1);
    }

    static constexpr std::chrono::milliseconds interval{100};
    static constexpr std::chrono::milliseconds setUp{1'800};
    static constexpr std::chrono::milliseconds longest{15'000}; ///< until the demo is lively

    ConsoleWindow &m_window;
    ConsoleLink &m_link;
    const QString m_path;
    const bool m_demo;
    QTimer m_poll;
    std::chrono::milliseconds m_waited{0};
};

ThemeSettings::Mode themeMode(const QString &name)
{
    if (name == "light"_L1)
        return ThemeSettings::Mode::Light;
    return name == "dark"_L1 ? ThemeSettings::Mode::Dark : ThemeSettings::Mode::System;
}

/// Opens the window on `link` and runs the event loop.
int showConsole(ConsoleLink &link, const Options &options)
{
    ConsoleWindow window(link);
    window.rememberAppearance(options.theme.isEmpty() ? std::nullopt
                                                      : std::optional(themeMode(options.theme)));
    if (const auto shown = window.show(); !shown) {
        std::fprintf(stderr, "loquat: %s\n", qUtf8Printable(shown.error().message));
        return 1;
    }
    std::unique_ptr<Photographer> photographer;
    if (!options.screenshot.isEmpty())
        photographer = std::make_unique<Photographer>(window, link, options.screenshot,
                                                      options.run == Options::Run::Demo);
    return QCoreApplication::exec();
}

} // namespace

Expected<void> consolePossible()
{
    for (const char *display : {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"})
        if (qEnvironmentVariableIsSet(display))
            return {};
    return Error{u"no_display"_s, u"console: there is no display (DISPLAY and WAYLAND_DISPLAY are not set)"_s,
                 u"expected a display, or --server"_s, false};
}

std::unique_ptr<QCoreApplication> makeConsoleApplication(int &argc, char **argv)
{
    return std::make_unique<QGuiApplication>(argc, argv);
}

int runConsole(Service &service, const Options &options)
{
    InProcessLink link(service.backend());
    // Closing the window ends the program as a signal does: sessions are finalised, nothing is dropped.
    QGuiApplication::setQuitOnLastWindowClosed(false);
    QObject::connect(qGuiApp, &QGuiApplication::lastWindowClosed, &service,
                     [&service] { service.shutDown([] { QCoreApplication::exit(0); }); });
    std::unique_ptr<DemoTraffic> traffic;
    if (options.run == Options::Run::Demo)
        traffic = std::make_unique<DemoTraffic>(QUrl(service.backend().status().address));
    return showConsole(link, options);
}

int runRemoteConsole(const Options &options)
{
    OperatorLink link(options.connectTo, options.operatorToken);
    return showConsole(link, options);
}

} // namespace loquat
