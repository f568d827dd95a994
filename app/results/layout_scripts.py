"""Short programs that begin with the tables for R and pwcmp; each travels in the folder that it reads."""

R = """\
# Fits Bradley-Terry models to what lies beside this file; run it in this folder.
library(BradleyTerry2)
wins <- read.csv("bradley_terry.csv", stringsAsFactors = FALSE)
wins <- subset(wins, !is.na(left_1))  # an order effect needs to know who stood where
for (one in split(wins, wins$task)) {
  conditions <- sort(unique(c(one$condition_1, one$condition_2)))
  one$first <- data.frame(condition = factor(one$condition_1, conditions), left = one$left_1)
  one$second <- data.frame(condition = factor(one$condition_2, conditions), left = one$left_2)
  fit <- BTm(cbind(win_1, win_2), first, second, ~ condition + left, id = "condition", data = one)
  print(summary(fit))
  print(BTabilities(fit))
}

# The same with subjects: how much they differ in their liking for a side is one more parameter.
library(lme4)
for (file in Sys.glob("lme4-*.csv")) {
  votes <- read.csv(file, stringsAsFactors = TRUE)
  conditions <- grep("^x_", names(votes), value = TRUE)[-1]  # the first is the zero of the scale
  model <- reformulate(c("0", "left", conditions, "(0 + left | subject)"), "y")
  print(summary(glmer(model, votes, binomial, weights = weight)))
}
"""

PWCMP = """\
% Scales what lies beside this file; run it in this folder, with pwcmp (github.com/mantiuk/pwcmp) on the path.
votes = readtable('comparisons.csv', 'TextType', 'char');
for task = unique(votes.task)'
    mine = votes(strcmp(votes.task, task{1}), :);
    disp(pw_scale_table(mine, 'group', {'condition_1', 'condition_2'}, 'observer', 'selected_1'));
end

% One scene from its count matrix: row i, column j tells how often condition i was preferred to condition j.
for file = dir('counts-*.csv')'
    counts = readtable(file.name, 'TextType', 'char');
    one = strcmp(counts.scene, counts.scene{1});
    jod = pw_scale(table2array(counts(one, 3:end)));
    disp(table(counts.condition(one), jod, 'VariableNames', {'condition', 'jod'}));
end
"""
