import Training

/// All that can happen to the dashboard.
public enum Event: Sendable, Equatable {
    case key(Key)
    case snapshot(TrainingSnapshot)
}

public enum Key: Sendable, Hashable {
    case character(Unicode.Scalar)
    case up, down, left, right
    case enter, escape, tab, backTab, backspace, delete
    case home, end, pageUp, pageDown
    /// Ctrl-Z, which the event loop keeps to itself.
    case stop
}

/// What the dashboard wants done outside of it.
public enum Action: Sendable, Equatable {
    case request(TrainingSession.Request)
    case quit
}
