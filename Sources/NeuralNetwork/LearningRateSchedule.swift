/// How the learning rate moves over a training run.
public enum LearningRateSchedule: String, Sendable, CaseIterable, Codable {
    /// The same from the first step to the last.
    case constant
    /// In equal steps from the full rate at the first step down to nothing after the last.
    case linear

    /// The factor in 0…1 on the base learning rate at a step, counted from 0.
    public func factor(step: Int, of totalSteps: Int) -> Float {
        switch self {
        case .constant: 1
        case .linear: max(0, 1 - Float(step) / Float(max(totalSteps, 1)))
        }
    }
}
