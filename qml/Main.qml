// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Controls.Basic
import QtQuick.Layouts
import Loquat
import Loquat.Models

/// The operator console.
ApplicationWindow {
    id: window

    required property ConsoleModel consoleModel
    readonly property alias historyPage: history
    readonly property alias livePage: live
    property alias page: rail.current
    readonly property bool typing: activeFocusItem instanceof TextInput || (activeFocusItem instanceof TextEdit && !activeFocusItem.readOnly)
    readonly property bool keysAct: !typing && rail.current === 0

    color: Theme.bg
    height: 900
    minimumHeight: 480
    minimumWidth: 640
    title: consoleModel.title.length > 0 ? qsTr("%1 · Loquat").arg(consoleModel.title) : "Loquat"
    visible: true
    width: 1440

    footer: StatusBar {
        nodes: window.consoleModel.nodes
        status: window.consoleModel.status
    }

    Binding {
        property: "dark"
        target: Theme
        value: window.consoleModel.theme.dark
    }

    Binding {
        property: "reducedMotion"
        target: Theme
        value: window.consoleModel.theme.reducedMotion
    }

    RowLayout {
        anchors.fill: parent
        spacing: 0

        NavRail {
            id: rail

            Layout.fillHeight: true
            needsYou: window.consoleModel.needsYou
            nodesShown: window.consoleModel.nodes.shown
            waitingCalls: window.consoleModel.waitingCalls.count
        }

        StackLayout {
            Layout.fillHeight: true
            Layout.fillWidth: true
            currentIndex: rail.current

            LivePage {
                id: live

                consoleModel: window.consoleModel
                focus: true
            }

            HistoryPage {
                id: history

                history: window.consoleModel.history

                onLiveWanted: sessionId => {
                    rail.current = 0;
                    window.consoleModel.select(sessionId);
                    live.open();
                }
            }

            ToolsPage {
                tools: window.consoleModel.tools
                waiting: window.consoleModel.waitingCalls

                onConversationWanted: sessionId => {
                    rail.current = 0;
                    window.consoleModel.select(sessionId);
                    live.open();
                }
            }

            MetricsPage {
                metrics: window.consoleModel.metrics
                status: window.consoleModel.status
            }

            SettingsPage { settings: window.consoleModel.theme }

            NodesPage { nodes: window.consoleModel.nodes }
        }
    }

    HistoryShortcuts {
        history: window.consoleModel.history
        keysAct: !window.typing && rail.current === 1

        onBackWanted: history.back()
        onSearchWanted: {
            rail.current = 1;
            history.search();
        }
    }

    LiveShortcuts {
        consoleModel: window.consoleModel
        keysAct: window.keysAct
        page: live

        onSearchWanted: {
            rail.current = 0;
            live.search();
        }
    }
}
