import Foundation

/// How the learning rate moves over a training run of T steps, t counted from 0. Definitions as in
/// `torch.optim.lr_scheduler`, stepped after each batch.
public enum LearningRateSchedule: String, Sendable, CaseIterable, Codable {
    /// The same from the first step to the last.
    case constant
    /// 1 − t / T: in equal steps down to nothing after the last. `LinearLR(1, 0, T)`
    case linear
    /// A tenth after each third of the run. `StepLR(⌈T / 3⌉, 0.1)`
    case step
    /// 0.01^(t / T): the same share less at each step, down to a hundredth. `ExponentialLR(0.01^(1 / T))`
    case exponential
    /// (1 + cos(π t / T)) / 2: slowly, quickly and slowly down to nothing. `CosineAnnealingLR(T)`
    case cosine
    /// A warm-up: along a cosine from 1/25 up to the full rate in the first 30 % of the run, then down to 4 · 10⁻⁶ at
    /// the last step (Smith and Topin, 2017, arXiv:1708.07120). `OneCycleLR(…, T, cycle_momentum=False)`
    case oneCycle = "one-cycle"

    /// The factor in 0…1 on the base learning rate at a step, counted from 0.
    public func factor(step: Int, of totalSteps: Int) -> Float {
        let total = Double(max(totalSteps, 1))
        let progress = min(Double(step) / total, 1)
        return switch self {
        case .constant: 1
        case .linear: max(0, 1 - Float(step) / Float(max(totalSteps, 1)))
        case .step: Float(pow(0.1, Double(min(step / max((totalSteps + 2) / 3, 1), 2))))
        case .exponential: Float(pow(0.01, progress))
        case .cosine: Float((1 + cos(.pi * progress)) / 2)
        case .oneCycle: Float(Self.oneCycleFactor(step: Double(step), of: total))
        }
    }

    private static func oneCycleFactor(step: Double, of total: Double) -> Double {
        func alongCosine(from start: Double, to end: Double, at position: Double) -> Double {
            end + (start - end) / 2 * (1 + cos(.pi * min(max(position, 0), 1)))
        }
        // The last step of the warm-up, the peak; a run of a few steps starts there.
        let peak = max(0.3 * total - 1, 0)
        if step < peak { return alongCosine(from: 1 / 25, to: 1, at: step / peak) }
        return alongCosine(from: 1, to: 1 / 25 / 1e4, at: (step - peak) / max(total - 1 - peak, 1))
    }
}
